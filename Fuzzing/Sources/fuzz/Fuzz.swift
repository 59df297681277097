import Readers

/// What libFuzzer calls with each of its inputs.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  read(input: UnsafeRawBufferPointer(start: start, count: count))
  return 0
}
