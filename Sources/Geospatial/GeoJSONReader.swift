import Foundation

/// A polygon as GeoJSON wrote it: rings of positions, the first one the outline.
struct GeoJSONPolygon {
  /// Where its rings stand in the text.
  let path: String
  let rings: [[[Double]]]
}

/// Finds the polygons in a GeoJSON text (RFC 7946).
enum GeoJSONReader {
  static func polygons(in data: Data) throws(AreaError) -> [GeoJSONPolygon] {
    let polygons: [GeoJSONPolygon]
    do {
      polygons = try JSONDecoder().decode(GeoJSONObject.self, from: data).polygons
    } catch let error as AreaError {
      throw error
    } catch let error as DecodingError {
      throw explain(error)
    } catch {
      throw .geoJSON(at: "", problem: "\(error)")
    }
    guard !polygons.isEmpty else {
      throw .geoJSON(at: "", problem: "it has no polygon; draw at least one")
    }
    return polygons
  }

  private static func explain(_ error: DecodingError) -> AreaError {
    switch error {
    case .dataCorrupted(let context):
      .geoJSON(
        at: text(of: context.codingPath),
        problem:
          "it is not JSON; \(context.underlyingError.map { "\($0)" } ?? context.debugDescription)")
    case .keyNotFound(let key, let context):
      .geoJSON(
        at: text(of: context.codingPath), problem: "the member \"\(key.stringValue)\" is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      .geoJSON(at: text(of: context.codingPath), problem: context.debugDescription)
    @unknown default: .geoJSON(at: "", problem: "\(error)")
    }
  }

  fileprivate static func text(of path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
      if let index = key.intValue {
        text += "[\(index)]"
      } else {
        text += (text.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }
}

private struct GeoJSONObject: Decodable {
  let polygons: [GeoJSONPolygon]

  private enum Key: String, CodingKey {
    case type, coordinates, geometry, geometries, features
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    let path = GeoJSONReader.text(of: decoder.codingPath)
    let prefix = path.isEmpty ? "" : path + "."
    switch try members.decode(String.self, forKey: .type) {
    case "Polygon":
      let rings = try members.decode([[[Double]]].self, forKey: .coordinates)
      polygons = [GeoJSONPolygon(path: "\(prefix)coordinates", rings: rings)]
    case "MultiPolygon":
      polygons = try members.decode([[[[Double]]]].self, forKey: .coordinates).enumerated()
        .map { GeoJSONPolygon(path: "\(prefix)coordinates[\($0.offset)]", rings: $0.element) }
    case "GeometryCollection":
      polygons = try members.decode([GeoJSONObject].self, forKey: .geometries).flatMap(\.polygons)
    case "Feature":
      if members.contains(.geometry), try members.decodeNil(forKey: .geometry) {
        throw AreaError.geoJSON(
          at: "\(prefix)geometry", problem: "it is null, which is no area; draw a polygon")
      }
      polygons = try members.decode(GeoJSONObject.self, forKey: .geometry).polygons
    case "FeatureCollection":
      polygons = try members.decode([GeoJSONObject].self, forKey: .features).flatMap(\.polygons)
    case let other:
      throw AreaError.geoJSON(
        at: "\(prefix)type",
        problem: "\"\(other)\" has no inside; an area is a Polygon or a MultiPolygon")
    }
  }
}
