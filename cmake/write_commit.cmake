# Writes which commit this is, for `palabre --version` and the results of `palabre bench`; leaves the file alone when it
# says so already. "+" behind it: something was changed since.
execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=8 --dirty=+ --exclude=*
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit "no repository")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define PALABRE_COMMIT \"@commit@\"\n" @ONLY)
