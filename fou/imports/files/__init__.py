"""Files as people send them: read within limits into sparse cells, and marked where something is wrong."""
