PREFIX : <http://example.org/>
INSERT DATA { :s :p _:b } ;
INSERT { ?s :q ?unknown ; :r ?o } WHERE { ?s :p ?o BIND (:f(?o) AS ?unknown) }
