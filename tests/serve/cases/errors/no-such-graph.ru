#+ expected: 409
DROP GRAPH <http://e/none>
