#+ expected: 403 at 4:1
PREFIX : <http://e/>
CLEAR ALL ;
LOAD <http://127.0.0.1:9/> INTO GRAPH :g
