#+ expected: 400 at 3:20
PREFIX e: <http://e/> CLEAR ALL ; PREFIX f: <http://f/>
INSERT DATA { g:s e:p f:o }
