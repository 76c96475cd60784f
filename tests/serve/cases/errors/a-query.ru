#+ expected: 400 at 2:7
SELECT * { ?s ?p ?o }
