#pragma once
#include "app/archive.hpp"
#include "app/backup.hpp"
#include "app/command_family.hpp"
#include "app/export.hpp"

#include <string>

namespace palabre::app {

/// `palabre backup`, `restore`, `export`, `import`, `recover` and `archive`: what keeps a log from being lost. They
/// exit with 0: done; 1: refused, and nothing was changed; 2: used wrongly, or a decision is wanted.
class safekeeping_commands : public command_family {
public:
  /// Adds the commands to `program`. Requires: both outlive each other's use.
  explicit safekeeping_commands(CLI::App& program);

private:
  void add_backup(CLI::App& program);
  void add_restore(CLI::App& program);
  void add_export(CLI::App& program);
  void add_import(CLI::App& program);
  void add_recover(CLI::App& program);
  void add_archive(CLI::App& program);

  backup_options backup_;
  restore_options restore_;
  export_options export_;
  import_options import_;
  archive_options archive_;
  std::string damaged_ = "./data";
  bool accept_loss_ = false;
};

} // namespace palabre::app
