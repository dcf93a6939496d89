"""A process that flushes subnormal numbers to zero certifies nothing, and says why."""

import platform
import subprocess
import sys

import pytest

from problems.rounding import require_subnormals

# Loads MXCSR with the bits that a library built with fast-math sets: flush results (0x8000), operands (0x40).
FLUSH = """
import ctypes, mmap
code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(bytes([0x0F, 0xAE, 0x17, 0xC3]))  # ldmxcsr [rdi]; ret
word = ctypes.c_uint32(0x1F80 | {bits})
place = ctypes.addressof(ctypes.c_char.from_buffer(code))
ctypes.CFUNCTYPE(None, ctypes.c_void_p)(place)(ctypes.addressof(word))
"""
CHECK = """
from maml_verify.checks.check import check
try:
    print(check("path-stability", "cubic-well", alpha_L=0.1, steps=1).verdict)
except ArithmeticError as error:
    print(error)
"""
intel = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or sys.platform == "win32",
    reason="sets a register of x86-64",
)


def run(bits: str) -> str:
    # Modules are loaded first: NumPy itself notices flushed subnormals on import, and warns.
    code = "import maml_verify.checks.check, problems\n" + FLUSH.format(bits=bits) + CHECK
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_this_process_keeps_subnormals():
    require_subnormals()


@intel
@pytest.mark.parametrize("bits", ["0x8000", "0x40", "0x8040"])
def test_a_process_that_flushes_refuses(bits):
    assert "takes subnormal numbers for zero" in run(bits)


@intel
def test_the_same_process_without_the_bits_checks():
    assert run("0") == "holds\n"
