#include "await_operands.hpp"

#include <gmock/gmock.h>

namespace palabre::tree {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

findings awaits(std::string text) {
  return unsafe_awaits({"http/x.cpp", std::move(text)});
}

const std::string brace = "a brace in the operand of co_await: name it first";
const std::string lambda = "a lambda in the operand of co_await: name it first";
const std::string second = "a second co_await in one statement";

TEST(AwaitOperands, BuildNothingInThisTree) {
  const auto sources = cpp_sources(PALABRE_SOURCE_DIR);
  ASSERT_GT(sources.size(), 20u) << "not the root of the sources: " << PALABRE_SOURCE_DIR;
  for (const auto& file : sources)
    for (const auto& unsafe : unsafe_awaits(file)) ADD_FAILURE() << unsafe;
}

TEST(AwaitOperands, RefusesABrace) {
  EXPECT_THAT(awaits("\nauto r = co_await ask(post_message{room, body});"), ElementsAre("http/x.cpp:2: " + brace));
  EXPECT_THAT(awaits("co_await send(\n  {1, 2});"), ElementsAre("http/x.cpp:1: " + brace));
  EXPECT_THAT(awaits("if (co_await ask(id{7})) {\n}"), ElementsAre("http/x.cpp:1: " + brace));
  EXPECT_THAT(awaits("f(co_await ask(x), id{7});"), ElementsAre("http/x.cpp:1: " + brace));
}

TEST(AwaitOperands, RefusesALambda) {
  EXPECT_THAT(awaits("co_await later([self] { self->go(); });"), ElementsAre("http/x.cpp:1: " + lambda));
  EXPECT_THAT(awaits("co_await later(x, [&](int) -> int\n{ return 1; });"), ElementsAre("http/x.cpp:1: " + lambda));
  EXPECT_THAT(awaits("co_await [] { return f(); }();"), ElementsAre("http/x.cpp:1: " + lambda));
}

TEST(AwaitOperands, RefusesASecondOneInAStatement) {
  EXPECT_THAT(awaits("f(co_await a(),\n  co_await b());"), ElementsAre("http/x.cpp:2: " + second));
  EXPECT_THAT(awaits("auto x = f(co_await a()) + co_await b();"), ElementsAre("http/x.cpp:1: " + second));
  EXPECT_THAT(awaits("co_await a(co_await b());"), ElementsAre("http/x.cpp:1: " + second));
}

TEST(AwaitOperands, LetsPlainOnesPass) {
  EXPECT_THAT(awaits("auto n = co_await socket.async_read_some(buffer, asio::use_awaitable);"), IsEmpty());
  EXPECT_THAT(awaits("if (co_await a()) co_await b(); else co_await c();"), IsEmpty());
  EXPECT_THAT(awaits("if (auto r = co_await a(); r) { g({1}); }"), IsEmpty());
  EXPECT_THAT(awaits("while (co_await next()) { co_await write(rows[0], \"k\"[0]); }"), IsEmpty());
  EXPECT_THAT(awaits("PALABRE_CO_TRY(auto x, co_await ask(y)); auto z = point{1, 2};"), IsEmpty());
  EXPECT_THAT(awaits("auto run = [self]() -> awaitable<void> { co_await self->loop(); }; co_await a();"), IsEmpty());
  EXPECT_THAT(awaits("auto operator co_await() { return awaiter{}; }"), IsEmpty());
}

TEST(AwaitOperands, LooksAtCodeOnly) {
  EXPECT_THAT(awaits("// co_await f({1});\n/* co_await f({1}); */ auto s = \"co_await f({1});\";"), IsEmpty());
  EXPECT_THAT(awaits("co_await f(\"{\", '{', 1'000, u8'[', \"\\\"{\"); // {"), IsEmpty());
  EXPECT_THAT(awaits("co_await f(R\"x({ )\" { )x\");"), IsEmpty());
  EXPECT_THAT(awaits("auto a = 1'000; co_await f(id{1'0});"), ElementsAre("http/x.cpp:1: " + brace));
}

} // namespace
} // namespace palabre::tree
