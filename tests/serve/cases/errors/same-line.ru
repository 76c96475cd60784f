#+ expected: 400 at 2:42
PREFIX : <http://e/> INSERT DATA { :s :p }
