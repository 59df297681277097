// C ABI over GeographicLib's geodesics on the WGS84 ellipsoid (C. F. F. Karney, "Algorithms for
// geodesics", J. Geodesy 87, 2013). Angles in degrees, distances in metres. Nothing throws:
// arguments out of range give NaN.
//
// PROJ carries the same algorithms in <geodesic.h>, but its shared library brings fifty others
// along and adds 8 to 16 ms to the start of every command; this one brings none.
#ifndef NEARCARE_CGEODESIC_H
#define NEARCARE_CGEODESIC_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  double latitude;
  double longitude;
} ncg_point;

/// The length of the shortest geodesic between two points.
double ncg_distance(ncg_point from, ncg_point to);

/// The point at a distance along a geodesic; longitude in −180…180.
ncg_point ncg_direct(ncg_point from, double azimuth, double distance_meters);

#ifdef __cplusplus
}
#endif
#endif
