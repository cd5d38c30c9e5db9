"""OGC API - Features as plain data: documents, features, filters. Knows no Flask."""
