#pragma once
// What the server shows of itself when a connection begins with TLS: its certificate, and the key that it belongs to.

#include "base/clock.hpp"
#include "base/result.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <mutex>
#include <string>

namespace palabre::http {

/// TLS 1.2 and 1.3, with keys of each connection's own and authenticated encryption only (what TLS 1.2 resumes is as
/// secret as the ticket key, which goes with the certificate); HTTP/1.1 where the client asks by ALPN.
/// Threads: any.
class tls_identity {
public:
  /// Connections from now on begin with this; those that are there go on with theirs. Both in PEM; the certificate
  /// first in its chain. Errors: invalid: one cannot be read, or they do not belong together; then nothing changes.
  result<void> show(const std::string& chain, const std::string& key);

  /// Requires: something is shown.
  std::shared_ptr<SSL_CTX> current() const;
  /// When the certificate that is shown ends.
  timestamp valid_until() const;

private:
  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> current_; // with mutex_
  timestamp valid_until_{};          // with mutex_
};

} // namespace palabre::http
