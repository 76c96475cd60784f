"""
The pages for people.

    path + parameters  ->  a worker's function  ->  template + what it shows  ->  HTML

A page is a module here with a function `page(backend, asked) -> Page`, and a line in `routes`. It is read without
JavaScript, and every value in it is escaped.
"""
