#+ expected: 409
INSERT DATA { GRAPH <http://e/g> { <http://e/s> <http://e/p> 1 } } ;
CREATE GRAPH <http://e/g>
