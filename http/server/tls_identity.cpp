#include "http/server/tls_identity.hpp"

#include "base/assert.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>

namespace palabre::http {
namespace {

struct freeing {
  void operator()(BIO* b) const { BIO_free(b); }
  void operator()(X509* c) const { X509_free(c); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
template <class T>
using owned = std::unique_ptr<T, freeing>;

constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// A key that is itself under a password: nobody is there to be asked.
int no_password(char*, int, int, void*) {
  return 0;
}

owned<BIO> reading(const std::string& pem) {
  return owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

/// Of what OpenSSL says last, the reason alone: never what it read.
error refused(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  error why{errc::invalid, what + (reason ? std::string(" (") + reason + ")" : std::string())};
  ERR_clear_error();
  return why;
}

/// HTTP/1.1, or nothing that both speak.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(&found, size, ours, sizeof ours - 1, offered, offered_size);
  if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> make_context() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  PALABRE_ASSERT(context);
  PALABRE_ASSERT(SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1);
  PALABRE_ASSERT(SSL_CTX_set_cipher_list(context.get(), ciphers_of_tls_1_2) == 1);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF); // tickets need no memory here
  // What is written may move and may be taken in parts; who is idle holds no buffers.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  return context;
}

result<void> use_chain(SSL_CTX* context, const std::string& pem) {
  const auto from = reading(pem);
  const owned<X509> leaf(PEM_read_bio_X509_AUX(from.get(), nullptr, no_password, nullptr));
  if (!leaf) return refused("no certificate in PEM");
  if (SSL_CTX_use_certificate(context, leaf.get()) != 1) return refused("a certificate that cannot be used");
  while (owned<X509> next{PEM_read_bio_X509(from.get(), nullptr, no_password, nullptr)})
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1) return refused("a chain that cannot be used");
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) return refused("a chain that cannot be read");
  ERR_clear_error(); // the end
  return success();
}

result<void> use_key(SSL_CTX* context, const std::string& pem) {
  const auto from = reading(pem);
  const owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(from.get(), nullptr, no_password, nullptr));
  if (!key) return refused("no key in PEM without a password");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1)
    return refused("a key that does not belong to the certificate");
  return success();
}

result<timestamp> end_of(SSL_CTX* context) {
  std::tm ends{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context)), &ends) != 1)
    return refused("a certificate whose end is no time");
  return timestamp{static_cast<std::int64_t>(::timegm(&ends)) * 1'000};
}

} // namespace

result<void> tls_identity::show(const std::string& chain, const std::string& key) {
  ERR_clear_error();
  auto made = make_context();
  PALABRE_TRY(use_chain(made.get(), chain));
  PALABRE_TRY(use_key(made.get(), key));
  PALABRE_TRY(const timestamp until, end_of(made.get()));
  const std::lock_guard lock(mutex_);
  current_ = std::move(made);
  valid_until_ = until;
  return success();
}

std::shared_ptr<SSL_CTX> tls_identity::current() const {
  const std::lock_guard lock(mutex_);
  PALABRE_ASSERT(current_);
  return current_;
}

timestamp tls_identity::valid_until() const {
  const std::lock_guard lock(mutex_);
  return valid_until_;
}

} // namespace palabre::http
