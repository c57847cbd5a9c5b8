"""How the extension is compiled.  Everything else about the package is in pyproject.toml.

PYNEWS_SANITIZE=address,undefined   instrument core and binding
PYNEWS_COVERAGE=1                   gcov counters
PYNEWS_WERROR=1                     warnings are errors (CI sets it; a user's newer compiler does not)
PYNEWS_ONLY_PYTHON=1                leave the extension out (./run does: its Makefile compiles in place)

Objects of each of these kinds lie in a folder of their own under build/, so kinds never mix.
"""
import os
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from glob import glob
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_clib import build_clib
from setuptools.command.build_ext import build_ext

# Free-threaded CPython before 3.15 has no limited API.
LIMITED = not sysconfig.get_config_var("Py_GIL_DISABLED")
ONLY_PYTHON = os.environ.get("PYNEWS_ONLY_PYTHON", "")
SANITIZE = os.environ.get("PYNEWS_SANITIZE", "")
COVERAGE = os.environ.get("PYNEWS_COVERAGE", "")
OBJECTS = f"build/temp-{sysconfig.get_platform()}-{sys.implementation.cache_tag}" + (
    "-" + SANITIZE.replace(",", "-") if SANITIZE else "-cov" if COVERAGE else "")

# name, what pkg-config is asked, and the packages that bring it: apt, dnf, brew
LIBRARIES = [
    ("zstd", "libzstd >= 1.4.0", "libzstd-dev", "libzstd-devel", "zstd"),
    ("xxHash", "libxxhash >= 0.8.0", "libxxhash-dev", "xxhash-devel", "xxhash"),
]
PKG_CONFIG = ("pkg-config", "", "pkg-config", "pkgconf-pkg-config", "pkgconf")

cflags = [
    "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-D_DEFAULT_SOURCE", "-pthread", "-fvisibility=hidden", "-MMD",
    "-Wall", "-Wextra", "-Wshadow", "-Wstrict-prototypes", "-Wno-cast-function-type", "-Wformat",
    # The limited API hides a function by not declaring it: an implicit declaration would still link.
    "-Werror=implicit-function-declaration", "-Werror=incompatible-pointer-types", "-Werror=int-conversion",
    "-Werror=format-security",
]
ldflags = ["-pthread"]
if os.environ.get("PYNEWS_WERROR"):
    cflags.append("-Werror")
if SANITIZE:
    # Python's own flags carry -DNDEBUG (no asserts) and -fwrapv (UBSan then ignores signed overflow): undo both.
    cflags += [f"-fsanitize={SANITIZE}", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-fno-wrapv",
               "-U_FORTIFY_SOURCE", "-UNDEBUG", "-O1", "-g"]
    ldflags.append(f"-fsanitize={SANITIZE}")
elif COVERAGE:
    cflags += ["--coverage", "-fprofile-abs-path", "-U_FORTIFY_SOURCE", "-UNDEBUG", "-O0", "-g"]
    ldflags.append("--coverage")
else:
    # Ubuntu's compiler predefines _FORTIFY_SOURCE; -U keeps that from being a warning.
    cflags += ["-O2", "-g0", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-fstack-protector-strong"]
    if sys.platform.startswith("linux"):
        ldflags.append("-Wl,-z,relro,-z,now")


def pkg_config(*args):
    """Words that pkg-config prints; None where it says no or is not there."""
    try:
        done = subprocess.run([os.environ.get("PKG_CONFIG", "pkg-config"), *args], capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.split() if done.returncode == 0 else None


def system_library_flags():
    """(compile flags, link flags) of the system libraries; ends the build with one plain message if any is missing."""
    if pkg_config("--version") is None:
        missing = [PKG_CONFIG, *LIBRARIES]      # it cannot be asked about the others: name them all
    else:
        missing = [lib for lib in LIBRARIES if pkg_config("--exists", lib[1]) is None]
    if missing:
        names, _, apt, dnf, brew = (" ".join(column) for column in zip(*missing))
        raise SystemExit(f"\npynews: cannot be compiled, for this is missing or too old: {names.replace(' ', ', ')}.  It comes with\n"
                         f"    Debian, Ubuntu:  sudo apt-get install {apt}\n"
                         f"    Fedora:          sudo dnf install {dnf}\n"
                         f"    macOS:           brew install {brew}\n")
    asked = [lib[1] for lib in LIBRARIES]
    return pkg_config("--cflags", *asked), pkg_config("--libs", *asked)


def is_stale(obj):
    """Whether the object is older than anything it was made from: this file, or what the compiler wrote down (-MMD)."""
    try:
        made = os.stat(obj).st_mtime
        inputs = Path(obj).with_suffix(".d").read_text().replace("\\\n", " ").split()[1:]
        return any(os.stat(path).st_mtime > made for path in [__file__, *inputs])
    except OSError:
        return True


def compile_what_changed(compiler):
    """Makes compiler.compile skip objects that are up to date and run one compiler a core."""
    plain = compiler.compile

    def compile_stale(sources, output_dir=None, **options):
        objects = compiler.object_filenames(sources, output_dir=output_dir)
        stale = [source for source, obj in zip(sources, objects) if is_stale(obj)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda source: plain([source], output_dir=output_dir, **options), stale))
        return objects

    compiler.compile = compile_stale


class BuildCore(build_clib):
    """The core as a static library."""

    def finalize_options(self):
        super().finalize_options()
        self.build_temp = self.build_clib = OBJECTS

    def build_libraries(self, libraries):
        includes, _ = system_library_flags()
        for name, info in libraries:
            info["cflags"] = [*info["cflags"], *includes]
            Path(OBJECTS, f"lib{name}.a").unlink(missing_ok=True)     # `ar` would keep members whose source is gone
        compile_what_changed(self.compiler)
        super().build_libraries(libraries)


class BuildBinding(build_ext):
    """The extension module: the binding, linked with the core and the system libraries."""

    def finalize_options(self):
        super().finalize_options()
        self.build_temp = OBJECTS

    def build_extensions(self):
        _, libs = system_library_flags()
        for ext in self.extensions:
            ext.extra_link_args = [*ext.extra_link_args, *libs]
        compile_what_changed(self.compiler)
        self.compiler.force = True         # link again: it would not see that only the core's library is newer
        super().build_extensions()


headers = sorted(glob("csrc/**/*.h", recursive=True)) + ["setup.py"]
binding = sorted(glob("csrc/python/*.c"))
core = sorted(set(glob("csrc/**/*.c", recursive=True)) - set(binding))

setup(
    cmdclass={"build_clib": BuildCore, "build_ext": BuildBinding},
    # The core is compiled as a plain C library, without Python's include path: Python.h cannot leak into it.
    libraries=[] if ONLY_PYTHON else [("pncore", {"sources": core, "include_dirs": ["csrc"],
                           "cflags": [*cflags, "-Wmissing-prototypes"], "obj_deps": {"": headers}})],
    ext_modules=[] if ONLY_PYTHON else [Extension(
        "pynews._core", binding, include_dirs=["csrc"], depends=[*headers, *core],
        extra_compile_args=cflags, extra_link_args=ldflags,
        define_macros=[("Py_LIMITED_API", "0x030B0000")] if LIMITED else [], py_limited_api=LIMITED)],
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if LIMITED else {},
)
