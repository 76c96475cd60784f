#+ expected: 400 at 4:1
LOAD <http://127.0.0.1:9/> ;
CREATE GRAPH <http://e/g>
CREATE GRAPH <http://e/h>
