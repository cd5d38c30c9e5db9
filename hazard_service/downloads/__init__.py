"""Downloads: any collection, any filter, any offered CRS, in the formats of GIS, notebooks and spreadsheets."""
