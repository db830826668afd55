#pragma once
#include <string>
#include <sys/types.h>

namespace palabre::bench {

/// A server of its own on a temporary directory and a free port; ends, and its data goes, with this. Throws
/// std::runtime_error if it does not start.
class server_process {
public:
  explicit server_process(const std::string& binary);
  ~server_process();
  server_process(const server_process&) = delete;
  unsigned short port() const { return port_; }
  /// CPU time used so far, user and system, in seconds.
  double cpu_seconds() const;

private:
  std::string directory_;
  pid_t child_ = -1;
  unsigned short port_ = 0;
};

/// A directory that goes with this.
class temporary_directory {
public:
  temporary_directory();
  ~temporary_directory();
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

} // namespace palabre::bench
