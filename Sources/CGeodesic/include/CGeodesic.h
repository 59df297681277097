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

typedef struct {
  double distance_meters;
  double azimuth_from;  // at the first point, degrees clockwise from north
  double azimuth_to;    // at the second point, forward
} ncg_inverse_result;

/// The shortest geodesic between two points.
ncg_inverse_result ncg_inverse(ncg_point from, ncg_point to);

/// Its length only, which is cheaper.
double ncg_distance(ncg_point from, ncg_point to);

/// The point at a distance along a geodesic; longitude in −180…180.
ncg_point ncg_direct(ncg_point from, double azimuth, double distance_meters);

#ifdef __cplusplus
}
#endif
#endif
