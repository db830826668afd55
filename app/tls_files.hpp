#pragma once
// The certificate and its key, as files that an operator renews.

#include "base/clock.hpp"
#include "base/result.hpp"

#include <string>

namespace palabre::http {
class tls_identity;
}

namespace palabre::app {

struct tls_files {
  std::string certificate; ///< PEM, with its chain behind it; empty: no TLS
  std::string key;         ///< PEM; others than its owner and its group cannot read it
};

/// Whether there is to be TLS. Errors: invalid: one is given without the other.
result<bool> wants_tls(const tls_files& files);

/// Requires: wants_tls. Reads both and shows them from now on; until when the certificate is valid.
/// Errors: io; invalid: a key that others can read, not what it should be: the context names the
/// option and the file; what was shown before stays.
result<timestamp> show_certificate(http::tls_identity& identity, const tls_files& files);

} // namespace palabre::app
