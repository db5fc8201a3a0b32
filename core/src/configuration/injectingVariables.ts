/** An environment variable that changes which code runs, or what runs before it. */
export interface InjectingVariable {
  readonly name: string;
  /** What reads it. */
  readonly reader: string;
  /** What it does, as a phrase. */
  readonly effect: string;
}

const of =
  (reader: string) =>
  (name: string, effect: string): InjectingVariable => ({ name, reader, effect });

const loader = of("dynamic loader, every runtime");
const libc = of("C library, every runtime");
const openssl = of("OpenSSL");
const lambda = of("AWS Lambda");
const shell = of("shells: wrappers, bootstraps, child processes");
const sdk = of("AWS SDKs");
const node = of("Node.js");
const python = of("Python");
const java = of("Java");
const ruby = of("Ruby");
const dotnet = of(".NET");
const perl = of("Perl, in custom runtimes");
const php = of("PHP, in custom runtimes");
const lua = of("Lua, in custom runtimes");
const erlang = of("Erlang and Elixir, in custom runtimes");
const bun = of("Bun, in custom runtimes");

/**
 * Names that make a runtime load or start something that is not the function's signed code, or another part of it.
 *
 * Sources: ld.so(8), iconv(3), openssl-env(7), bash(1) and dash(1), node(1), Python's "Command line and environment",
 * the `java` command's and JVM TI's manuals, ruby(1), .NET's "runtime configuration" and "host startup hook", perlrun(1),
 * php.net "The configuration file", lua(1), erl(1), and AWS Lambda's "Modifying the runtime environment". Left out is
 * what changes data, limits, certificates or proxies only, what works in interactive shells only, and what Lambda
 * reserves (`_HANDLER`, `AWS_LAMBDA_RUNTIME_API`, `LAMBDA_TASK_ROOT`): it cannot be set.
 */
export const INJECTING_VARIABLES: readonly InjectingVariable[] = [
  lambda(
    "AWS_LAMBDA_EXEC_WRAPPER",
    "a program that is started in place of the runtime, from a layer or a file system",
  ),
  loader("LD_PRELOAD", "libraries that are loaded before all others, into every process"),
  loader("LD_LIBRARY_PATH", "folders whose libraries are taken before the system's"),
  loader("LD_AUDIT", "libraries that are told of every library and symbol, and may replace them"),
  libc("GCONV_PATH", "folder of character converters, which are libraries"),
  libc("PATH", "where programs that are started by name are found"),
  openssl("OPENSSL_CONF", "configuration that can load engines and providers, which are libraries"),
  openssl("OPENSSL_ENGINES", "folder of engines, which are libraries"),
  openssl("OPENSSL_MODULES", "folder of providers, which are libraries"),
  shell("BASH_ENV", "a script that bash runs before any other"),
  shell("ENV", "a script that sh runs when it starts"),
  shell("SHELLOPTS", "options; with `xtrace`, PS4 is expanded, commands in it too"),
  shell("PS4", "text that is expanded before traced commands, commands in it too"),
  sdk("AWS_CONFIG_FILE", "profiles; a `credential_process` in one is a program that is started"),
  sdk("AWS_SHARED_CREDENTIALS_FILE", "profiles; a `credential_process` in one is a program that is started"),
  node("NODE_OPTIONS", "options of the command line: `--require`, `--import`, `--loader`, `--inspect`"),
  node("NODE_PATH", "folders in which modules are found"),
  node("NODE_COMPILE_CACHE", "folder of compiled code that is run in place of the source"),
  python("PYTHONPATH", "folders whose modules come before the standard library's"),
  python("PYTHONHOME", "where the standard library is"),
  python("PYTHONSTARTUP", "a script that an interactive interpreter runs"),
  python("PYTHONINSPECT", "makes the interpreter interactive when the program ends"),
  python(
    "PYTHONUSERBASE",
    "where packages of the user are; their `.pth` files and usercustomize are run at the start",
  ),
  python("PYTHONPLATLIBDIR", "the folder's name in which libraries are found"),
  python("PYTHONPYCACHEPREFIX", "folder of compiled code that is run in place of the source"),
  python("PYTHONWARNINGS", "imports the module of a warning's category; some start the program of BROWSER"),
  python("BROWSER", "the program that webbrowser and antigravity start"),
  python("PYTHONBREAKPOINT", "the function that breakpoint() imports and calls"),
  python("PYTHONEXECUTABLE", "the program that sys.executable names, which child processes start"),
  java("JAVA_TOOL_OPTIONS", "options of the JVM: `-javaagent`, `-agentpath`, `-Xbootclasspath`"),
  java("_JAVA_OPTIONS", "the same, after all others"),
  java("JDK_JAVA_OPTIONS", "options of the `java` command"),
  java("CLASSPATH", "where classes are found"),
  java("JAVA_HOME", "the Java that wrappers and bootstraps start"),
  ruby("RUBYOPT", "options of the command line: `-r`, `-I`"),
  ruby("RUBYLIB", "folders whose files come before the standard library's"),
  ruby("GEM_HOME", "where gems are found"),
  ruby("GEM_PATH", "where gems are found"),
  ruby("BUNDLE_GEMFILE", "a Gemfile, which is a Ruby program"),
  ruby("BUNDLE_PATH", "where Bundler finds gems"),
  ruby("RUBYGEMS_GEMDEPS", "a Gemfile that is run at the start"),
  dotnet("DOTNET_STARTUP_HOOKS", "assemblies that are run before the program"),
  dotnet("DOTNET_ADDITIONAL_DEPS", "assemblies that are added to the program's"),
  dotnet("DOTNET_SHARED_STORE", "folder in which assemblies are found"),
  dotnet("DOTNET_ROOT", "where the runtime is"),
  dotnet("DOTNET_GCName", "the library of the garbage collector"),
  dotnet("DOTNET_GCPath", "the library of the garbage collector, by path"),
  dotnet("COMPlus_GCName", "the library of the garbage collector, in its older name"),
  dotnet("CORECLR_ENABLE_PROFILING", "turns on the profiler, a library that may rewrite code"),
  dotnet("CORECLR_PROFILER", "which profiler"),
  dotnet("CORECLR_PROFILER_PATH", "the profiler's library"),
  dotnet("CORECLR_PROFILER_PATH_64", "the profiler's library"),
  dotnet("CORECLR_PROFILER_PATH_ARM64", "the profiler's library"),
  dotnet("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "assemblies that are run when ASP.NET Core starts"),
  perl("PERL5OPT", "options of the command line: `-M`, `-d`"),
  perl("PERL5LIB", "folders whose modules come before the standard library's"),
  perl("PERLLIB", "the same, where PERL5LIB is not set"),
  perl("PERL5DB", "code that is run where the debugger is on"),
  php("PHPRC", "where php.ini is, which can prepend a file and load extensions"),
  php("PHP_INI_SCAN_DIR", "folders of further php.ini files"),
  lua("LUA_INIT", "code, or a file of it, that is run first"),
  lua("LUA_PATH", "where modules are found"),
  lua("LUA_CPATH", "where libraries are found"),
  erlang("ERL_FLAGS", "options of the command line: `-eval`, `-pa`"),
  erlang("ERL_AFLAGS", "options of the command line, before the others"),
  erlang("ERL_ZFLAGS", "options of the command line, after the others"),
  erlang("ERL_LIBS", "where applications are found"),
  bun("BUN_OPTIONS", "options of the command line: `--preload`"),
];

/** By name; the names are case-sensitive, as in the environment. */
export const INJECTING: ReadonlyMap<string, InjectingVariable> = new Map(
  INJECTING_VARIABLES.map((variable) => [variable.name, variable]),
);
