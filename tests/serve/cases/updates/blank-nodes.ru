PREFIX : <http://example.org/>
INSERT DATA { :a :p _:x . :b :p _:x } ;
PREFIX q: <http://example.org/q/>
INSERT { ?s q:r _:x } WHERE { ?s :p ?o }
