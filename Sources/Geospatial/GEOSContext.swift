import CGEOS

/// A GEOS context, for one thread at a time, with the message of its last failure.
final class GEOSContext {
  let handle: GEOSContextHandle_t
  private let messages: Messages

  private final class Messages {
    var last: String?
  }

  init() throws(AreaError) {
    guard let handle = GEOS_init_r() else { throw .geometry("GEOS has no memory for a context") }
    let messages = Messages()
    _ = GEOSContext_setErrorMessageHandler_r(
      handle,
      { text, receiver in
        guard let text, let receiver else { return }
        Unmanaged<Messages>.fromOpaque(receiver).takeUnretainedValue().last = String(cString: text)
      },
      Unmanaged.passUnretained(messages).toOpaque())
    self.handle = handle
    self.messages = messages
  }

  deinit { GEOS_finish_r(handle) }

  /// What GEOS said about the call that just failed.
  func failure(_ doing: String) -> AreaError {
    defer { messages.last = nil }
    return .geometry("\(doing): \(messages.last ?? "GEOS gave no reason")")
  }
}

@available(*, unavailable, message: "a GEOS context belongs to one thread")
extension GEOSContext: Sendable {}

/// A GEOS geometry and its owner.
final class Geometry {
  let context: GEOSContext
  let pointer: OpaquePointer

  /// Takes what a GEOS function returned; nil means that it failed.
  init(_ context: GEOSContext, _ made: OpaquePointer?, _ doing: String) throws(AreaError) {
    guard let made else { throw context.failure(doing) }
    self.context = context
    pointer = made
  }

  deinit { GEOSGeom_destroy_r(context.handle, pointer) }

  /// A polygon of closed rings, the first one the outline.
  convenience init(_ context: GEOSContext, rings: [[PlanarPoint]]) throws(AreaError) {
    var made: [OpaquePointer?] = []
    defer { for ring in made { GEOSGeom_destroy_r(context.handle, ring) } }
    for ring in rings { made.append(try Geometry.ring(context, ring)) }
    guard !made.isEmpty else { throw .geometry("a polygon needs an outline") }
    let shell = made.removeFirst()
    let holeCount = UInt32(made.count)
    let polygon = made.withUnsafeMutableBufferPointer {
      GEOSGeom_createPolygon_r(context.handle, shell, $0.baseAddress, holeCount)
    }
    // The polygon owns its rings, made or not.
    made = []
    try self.init(context, polygon, "making a polygon")
  }

  private static func ring(
    _ context: GEOSContext, _ points: [PlanarPoint]
  ) throws(AreaError) -> OpaquePointer {
    let numbers = points.flatMap { [$0.x, $0.y] }
    let sequence = numbers.withUnsafeBufferPointer {
      GEOSCoordSeq_copyFromBuffer_r(context.handle, $0.baseAddress, UInt32(points.count), 0, 0)
    }
    guard let sequence, let ring = GEOSGeom_createLinearRing_r(context.handle, sequence) else {
      throw context.failure("making a ring")
    }
    return ring
  }

  /// The box of those edges.
  convenience init(_ context: GEOSContext, box: GeoBounds) throws(AreaError) {
    let made = GEOSGeom_createRectangle_r(context.handle, box.west, box.south, box.east, box.north)
    try self.init(context, made, "making a box")
  }
}

/// Longitude as x and latitude as y, in degrees; x may leave ±180 while a ring is being unwound.
struct PlanarPoint: Hashable, Sendable {
  var x: Double
  var y: Double
}
