#+ expected: 400 at 4:1

DELETE DATA { _:b <http://e/p> 1 }
