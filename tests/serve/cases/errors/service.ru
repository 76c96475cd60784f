#+ expected: 403 at 2:42
INSERT { ?s ?p ?o } WHERE { GRAPH ?g { } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }
