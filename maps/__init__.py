"""The hexagon map of council areas, and how it is computed."""
