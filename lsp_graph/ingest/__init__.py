"""
From source folders to quads: one module per source, typed rows that know their file and line.

    data/<source>/datapackage.json + CSV  ->  rows  ->  quads in the source's own named graph, with evidence
"""
