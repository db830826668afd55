#pragma once

namespace palabre::micro {

/// Takes every write at once and whole, for ever, because what is written to it is dropped. UDP on the loopback
/// interface, to a socket that nobody reads: a system call and a copy, as with TCP, but no peer to feed and no queue
/// that fills.
class discarding_sink {
public:
  discarding_sink();
  ~discarding_sink();
  discarding_sink(const discarding_sink&) = delete;
  discarding_sink& operator=(const discarding_sink&) = delete;

  /// A socket that ends there; the caller closes it.
  int connected_socket() const;

private:
  int end_;
};

} // namespace palabre::micro
