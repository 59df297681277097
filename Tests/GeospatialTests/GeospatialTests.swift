// GeospatialTests
