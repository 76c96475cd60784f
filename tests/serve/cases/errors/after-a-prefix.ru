#+ expected: 400 at 4:21
PREFIX : <http://e/> INSERT DATA { :s :p 1 } ;
PREFIX e: <http://e/>
INSERT DATA { :s :p }
