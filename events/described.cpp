#include "events/described.hpp"

namespace palabre::events {

result<void> with_parsed(std::string_view what, std::string_view json, void (*read)(simdjson::ondemand::object, void*),
                         void* out) {
  thread_local simdjson::ondemand::parser parser;
  thread_local std::string padded;
  padded.assign(json);
  padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  try {
    auto document = parser.iterate(padded.data(), padded.size(), padded.capacity());
    read(document.get_object(), out);
    return success();
  } catch (const simdjson::simdjson_error& broken) {
    return error{errc::corrupt, std::string(what) + ": " + broken.what()};
  } catch (const field_error& broken) {
    return error{errc::corrupt, std::string(what) + ": " + broken.context};
  }
}

error unknown_schema(const event_type& type, std::uint16_t schema) {
  return {errc::from_the_future,
          std::string(type.name) + " with schema version " + std::to_string(schema) + " is not known here"};
}

} // namespace palabre::events
