"""Reference values of the von Mises-Fisher normaliser, by mpmath with 40 significant digits after all cancellation.

    python vmf_normalizer.py > vmf_normalizer.csv        (mpmath 1.4.1; ten seconds)

With nu = d/2 - 1 and L = log[Gamma(nu+1) (2/kappa)^nu I_nu(kappa)], relative to the uniform measure on S^(d-1):

    lc     L - kappa                        log normaliser, shifted
    a      I_(nu+1)(kappa) / I_nu(kappa)    mean resultant length
    slope  dA/dkappa = 1 - a^2 - (d-1) a / kappa
    kl     kappa a - L                      KL to the uniform distribution, nats
"""

from mpmath import besseli, log, loggamma, mp, mpf, nstr

mp.dps = 60  # 40 wanted, up to 20 lost to cancellation in slope and kl

DIMENSIONS = (2, 3, 4, 5, 6, 7, 8, 11, 16, 17, 24, 32, 33, 48, 64, 96, 127, 128)
CONCENTRATIONS = [f"{digit}e{power}" for power in range(-3, 4) for digit in (1, 2, 5)] + ["1e4"]


def row(d, kappa):
    nu, k = mpf(d) / 2 - 1, mpf(kappa)
    bessel = besseli(nu, k)
    log_normalizer = loggamma(nu + 1) + nu * log(2 / k) + log(bessel)
    a = besseli(nu + 1, k) / bessel
    return log_normalizer - k, a, 1 - a * a - (d - 1) * a / k, k * a - log_normalizer


print("d,kappa,lc,a,slope,kl")
for d in DIMENSIONS:
    for kappa in CONCENTRATIONS:
        print(d, kappa, *(nstr(value, 20) for value in row(d, kappa)), sep=",")
