#pragma once
// The problems that the transport itself finds, before an operation is looked for.

#include "http/problem.hpp"

#include <string>

namespace palabre::http {

problem malformed(std::string detail);           ///< 400
problem request_timed_out();                     ///< 408
problem method_not_allowed(std::string allowed); ///< 405
problem target_too_long();                       ///< 414
problem expectation_failed();                    ///< 417
problem upgrade_required();                      ///< 426
problem headers_too_large();                     ///< 431
problem internal_failure();                      ///< 500
problem method_not_implemented();                ///< 501
problem too_many_connections();                  ///< 503
problem version_not_supported();                 ///< 505
problem protobuf_not_spoken();                   ///< 400
problem origin_not_allowed();                    ///< 403
problem message_too_large();                     ///< 413
problem chunks_needed();                         ///< 505

} // namespace palabre::http
