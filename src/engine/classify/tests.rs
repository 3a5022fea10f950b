//! The vector kernels against the portable one.
