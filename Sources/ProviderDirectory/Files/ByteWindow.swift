import Glibc

/// A file seen through one fixed buffer: `bytes[start..<end]` are read and not yet used. However
/// large the file is, this is all the memory that reading it takes.
final class ByteWindow {
  let path: String
  let byteCount: Int
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var capacity: Int
  var start = 0
  private(set) var end = 0
  private(set) var atEndOfFile = false
  /// Bytes taken from the file so far.
  private(set) var bytesRead = 0
  private let descriptor: Int32

  init(path: String, capacity: Int) throws(FileFault) {
    self.path = path
    self.capacity = capacity
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.fault(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let fault = Self.fault(path)
      close(descriptor)
      throw fault
    }
    byteCount = Int(status.st_size)
    posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
    bytes = .allocate(capacity: capacity)
  }

  deinit {
    close(descriptor)
    bytes.deallocate()
  }

  /// Moves the unused bytes to the front and reads behind them. False when nothing was added: at
  /// the end of the file, or when the window is full.
  func refill() throws(FileFault) -> Bool {
    if start > 0 {
      bytes.update(from: bytes + start, count: end - start)
      end -= start
      start = 0
    }
    guard !atEndOfFile, end < capacity else { return false }
    while true {
      let count = read(descriptor, bytes + end, capacity - end)
      if count > 0 {
        end += count
        bytesRead += count
        return true
      }
      if count == 0 {
        atEndOfFile = true
        return false
      }
      guard errno == EINTR else { throw Self.fault(path) }
    }
  }

  func grow(to newCapacity: Int) {
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: newCapacity)
    larger.update(from: bytes, count: end)
    bytes.deallocate()
    bytes = larger
    capacity = newCapacity
  }

  /// Names the formats that people pass by mistake, from a file's first bytes; nil for text.
  func foreignFormat() -> String? {
    func begins(_ magic: [UInt8]) -> Bool {
      end - start >= magic.count && magic.indices.allSatisfy { bytes[start + $0] == magic[$0] }
    }
    if begins([0x50, 0x4b, 3, 4]) { return "is a ZIP archive or a spreadsheet; unpack it first" }
    if begins([0x1f, 0x8b]) { return "is gzip-compressed; unpack it first" }
    if begins([0xff, 0xfe]) || begins([0xfe, 0xff]) {
      return "is UTF-16 text; save it as UTF-8 first"
    }
    let firstLine = UnsafeBufferPointer(start: bytes + start, count: end - start)
      .prefix(while: { $0 != UInt8(ascii: "\n") })
    return firstLine.contains(0) ? "is binary data, not text" : nil
  }

  private static func fault(_ path: String) -> FileFault {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
