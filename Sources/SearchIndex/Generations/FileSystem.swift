import Crypto
import Glibc

/// The file operations that generations are made of; each failure names its path and reason.
enum FileSystem {
  static func fault(_ operation: String, _ path: String, _ code: Int32 = errno) -> IndexError {
    .fileSystem(operation: operation, path: path, reason: String(cString: strerror(code)))
  }

  static func makeDirectory(_ path: String) throws(IndexError) {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw fault("create", path) }
  }

  /// Makes the directory and those above it.
  static func makeDirectories(_ path: String) throws(IndexError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += component
      try makeDirectory(prefix)
      prefix += "/"
    }
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  static var processID: Int32 { getpid() }

  static func names(in directory: String) throws(IndexError) -> [String] {
    guard let stream = opendir(directory) else { throw fault("list", directory) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw fault("list", directory) }
    return names.sorted()
  }

  /// Removes the file, link or directory with all in it; nothing there is fine.
  static func remove(_ path: String) throws(IndexError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return }
      throw fault("look at", path)
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 || errno == ENOENT else { throw fault("remove", path) }
    } else {
      guard unlink(path) == 0 || errno == ENOENT else { throw fault("remove", path) }
    }
  }

  /// Removes a file that may be there and does no harm if it stays.
  static func discard(_ path: String) { _ = unlink(path) }

  static func rename(_ from: String, to: String) throws(IndexError) {
    guard Glibc.rename(from, to) == 0 else { throw fault("rename to \(to)", from) }
  }

  /// Brings a file's bytes, or a directory's names, to the disk.
  static func synchronize(_ path: String) throws(IndexError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw fault("write to disk", path) }
  }

  /// Writes a new file whole, or leaves none.
  static func write(_ bytes: [UInt8], to path: String) throws(IndexError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw fault("create", path) }
    defer { close(descriptor) }
    try bytes.withUnsafeBufferPointer { (bytes) throws(IndexError) in
      try write(UnsafeRawBufferPointer(bytes), to: descriptor, path)
    }
  }

  static func read(_ path: String) throws(IndexError) -> [UInt8] {
    let file = try MappedFile(path: path)
    return Array(file.bytes)
  }

  /// Hands out a file's bytes in order, read rather than mapped: a large one then takes no memory
  /// that is counted as this process's.
  ///
  /// - Parameter span: a part of the file that it has at least; nil for all of it.
  static func forEachPortion(
    of path: String, in span: Range<Int>? = nil,
    _ body: (UnsafeRawBufferPointer) throws(IndexError) -> Void
  ) throws(IndexError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("open", path) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var offset = span?.lowerBound ?? 0
    while offset < span?.upperBound ?? .max {
      let wanted = min(buffer.count, (span?.upperBound ?? .max) - offset)
      let count = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress!, wanted, off_t(offset))
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw fault("read", path) }
      guard count > 0 else {
        guard let span else { return }
        throw .corrupt(path: path, detail: "it ends at \(offset), before \(span.upperBound)")
      }
      offset += count
      try buffer.withUnsafeBufferPointer { (bytes) throws(IndexError) in
        try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<count]))
      }
    }
  }

  /// Copies a file's bytes and brings them to the disk; their SHA-256, in lower-case hexadecimal.
  static func copy(_ path: String, to destination: String) throws(IndexError) -> String {
    let descriptor = open(destination, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw fault("create", destination) }
    defer { close(descriptor) }
    var hasher = SHA256()
    try forEachPortion(of: path) { (bytes) throws(IndexError) in
      hasher.update(bufferPointer: bytes)
      try write(bytes, to: descriptor, destination)
    }
    guard fsync(descriptor) == 0 else { throw fault("write to disk", destination) }
    return hexadecimal(hasher.finalize())
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String
  ) throws(IndexError) {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        throw fault("write", path)
      }
      written += count
    }
  }

  /// Where a symbolic link points; nil when there is none.
  static func destination(ofLink path: String) throws(IndexError) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    if count < 0 {
      if errno == ENOENT { return nil }
      throw fault("read the link", path)
    }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Points the link at `destination` in one step: a reader sees the old one or the new one.
  static func replaceLink(_ path: String, with destination: String) throws(IndexError) {
    let aside = path + ".new"
    try remove(aside)
    guard symlink(destination, aside) == 0 else { throw fault("create", aside) }
    try rename(aside, to: path)
  }
}

/// A file's bytes, mapped for reading as long as this object lives.
final class MappedFile {
  let bytes: UnsafeRawBufferPointer
  let stamp: FileStamp

  init(path: String) throws(IndexError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileSystem.fault("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileSystem.fault("look at", path) }
    stamp = FileStamp(status)
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED
    else { throw FileSystem.fault("map", path) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}

/// What changes when anything writes to a file or puts another in its place.
struct FileStamp: Hashable, Sendable {
  var size: Int64
  var modifiedNanoseconds: Int64
  var changedNanoseconds: Int64
  var inode: UInt64
  var device: UInt64

  init(_ status: stat) {
    size = Int64(status.st_size)
    modifiedNanoseconds =
      Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changedNanoseconds =
      Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
  }

  init(ofFileAt path: String) throws(IndexError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileSystem.fault("look at", path) }
    self.init(status)
  }

  var text: String {
    "\(size) \(modifiedNanoseconds) \(changedNanoseconds) \(inode) \(device)"
  }
}
