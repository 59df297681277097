// Distances from one point.
#ifndef PEERS_SPHERE_H
#define PEERS_SPHERE_H

#include <GeographicLib/Geodesic.hpp>
#include <algorithm>
#include <cmath>

constexpr double meanRadius = 6371008.8;

inline double radians(double degrees) { return degrees * (M_PI / 180); }

struct Distance {
  double radius;

  Distance(double latitude, double longitude, double radius, bool geodesic)
      : radius(radius), latitude(latitude), longitude(longitude), geodesic(geodesic),
        cosine(std::cos(radians(latitude))) {}

  double operator()(double toLatitude, double toLongitude) const {
    if (geodesic) {
      double meters;
      GeographicLib::Geodesic::WGS84().Inverse(
          latitude, longitude, toLatitude, toLongitude, meters);
      return meters;
    }
    const double north = std::sin(radians(toLatitude - latitude) / 2);
    const double east = std::sin(radians(toLongitude - longitude) / 2);
    const double half = north * north + cosine * std::cos(radians(toLatitude)) * east * east;
    return 2 * meanRadius * std::asin(std::sqrt(std::min(1.0, half)));
  }

private:
  double latitude;
  double longitude;
  bool geodesic;
  double cosine;
};

#endif
