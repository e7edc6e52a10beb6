#!/usr/bin/env python3
"""Root-mean-square error of log-mean-exp under several point sets (docs/numerics.md, "Noise"). Needs numpy and scipy."""
import numpy as np
from scipy.stats import norm, qmc
rng=np.random.default_rng(1)
def primes(n):
    p=[];c=2
    while len(p)<n:
        if all(c%q for q in p): p.append(c)
        c+=1
    return np.array(p)
def kron(K,D,alpha,off): return (off+np.outer(np.arange(1,K+1),alpha))%1
def h(x):
    x=np.uint64(x)
    z=(x+np.uint64(0x9E3779B97F4A7C15)); z=(z^(z>>np.uint64(30)))*np.uint64(0xBF58476D1CE4E5B9); z=(z^(z>>np.uint64(27)))*np.uint64(0x94D049BB133111EB); return z^(z>>np.uint64(31))
np.seterr(all='ignore')
def hashed(D,salt): return np.array([float(h(salt+i))/2**64 for i in range(D)])
for D in (1,2,4,8,16,32,50):
  for K in (4,16,64,256):
    sets={}
    sets['sqrtp']=[kron(K,D,np.sqrt(primes(D))%1,hashed(D,1000*s)) for s in range(20)]
    sets['hashkron']=[kron(K,D,hashed(D,777000*s+5),hashed(D,1000*s)) for s in range(20)]
    g=2.
    for _ in range(60): g=(1+g)**(1/(D+1))
    sets['Rd']=[kron(K,D,g**-np.arange(1.,D+1)%1,hashed(D,1000*s)) for s in range(20)]
    sets['latin']=[qmc.LatinHypercube(D,rng=s).random(K) for s in range(20)]
    sets['sobol']=[qmc.Sobol(D,scramble=True,rng=s).random(K) for s in range(20)]
    # antithetic random: pairs u,1-u
    sets['antirand']=[(lambda u:np.concatenate([u,1-u]))(np.random.default_rng(s).random((K//2,D))) for s in range(20)]
    sets['antikron']=[(lambda u:np.stack([u,1-u],1).reshape(K,D))(kron(K//2,D,np.sqrt(primes(D))%1,hashed(D,1000*s))) for s in range(20)]
    sets['random']=[np.random.default_rng(s+500).random((K,D)) for s in range(20)]
    # log w = a.e - c e^2 ; random direction a, typical mismatch sd 0.7
    F=200
    A=rng.normal(size=(F,D)); A*=0.8/np.linalg.norm(A,axis=1,keepdims=True)
    C=rng.normal(size=(F,D)); C*=0.6/np.linalg.norm(C,axis=1,keepdims=True); C=np.clip(C,-.35,None)
    # exact: E exp(a e - c e^2) = prod (1+2c)^-1/2 exp(a^2/(2(1+2c)))
    ex=(-.5*np.log(1+2*C)+A*A/(2*(1+2*C))).sum(1)
    out={}
    for n,ss in sets.items():
        e2=[]
        for u in ss:
            e=norm.ppf(np.clip(u,1e-9,1-1e-9)); lw=e@A.T-(e*e)@C.T
            est=np.log(np.exp(lw-lw.max(0)).mean(0))+lw.max(0)
            e2.append(((est-ex)**2).mean())
        out[n]=np.sqrt(np.mean(e2))
    print(D,K,{k:round(v,4) for k,v in out.items()})
