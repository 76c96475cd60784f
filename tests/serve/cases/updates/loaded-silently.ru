PREFIX : <http://example.org/>
INSERT DATA { :a :p "; PREFIX x: <http://no/>" } ; # a comment ; PREFIX y: <http://no/>
LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH :g ;
PREFIX x: <http://example.org/x/>
INSERT DATA { x:b :p 1 } ; BASE <http://example.org/y/> PREFIX x: <z/>
INSERT DATA { x:c :p <d> } ;
PREFIX : <http://example.org/other/>
INSERT { ?s :q 2 } WHERE { ?s <http://example.org/p> 1 }
