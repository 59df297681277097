#include "CGeodesic.h"

#include <GeographicLib/Geodesic.hpp>
#include <limits>

namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

extern "C" double ncg_distance(ncg_point from, ncg_point to) {
  try {
    double meters;
    GeographicLib::Geodesic::WGS84().Inverse(from.latitude, from.longitude, to.latitude,
                                             to.longitude, meters);
    return meters;
  } catch (...) {
    return kNaN;
  }
}

extern "C" ncg_point ncg_direct(ncg_point from, double azimuth, double distance_meters) {
  try {
    ncg_point to;
    GeographicLib::Geodesic::WGS84().Direct(from.latitude, from.longitude, azimuth,
                                            distance_meters, to.latitude, to.longitude);
    return to;
  } catch (...) {
    return {kNaN, kNaN};
  }
}
