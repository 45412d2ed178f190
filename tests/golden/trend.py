"""Golden values: state space on logit scale with KNOWN sampling variance. statsmodels 0.15 custom MLEModel, exact diffuse init.
Independent check: diffuse (restricted) likelihood & BLUP by dense GLS."""
import json,numpy as np,scipy.stats as S,scipy.optimize as O, scipy.linalg as LA
import statsmodels, statsmodels.api as sm
from statsmodels.tsa.statespace.mlemodel import MLEModel
rng=np.random.default_rng(42); n=24; yr=np.arange(2001,2001+n)
lev=-1.6;sl=-.012; x=[]
for t in range(n): x.append(lev); lev+=sl+rng.normal(0,.02); sl+=rng.normal(0,.004)
p=1/(1+np.exp(-np.array(x))); se=np.round(.004+.002*rng.random(n),5); ph=np.round(p+rng.normal(0,se),6)
miss=[7,15] # two years without survey
y=np.log(ph/(1-ph)); v=(se/(ph*(1-ph)))**2; yy=y.copy(); yy[miss]=np.nan
class LLT(MLEModel):
    def __init__(s,y,v,trend="llt"):
        k=1 if trend=="level" else 2
        super().__init__(y,k_states=k,k_posdef=k); s.trend=trend
        s["design"]=np.array([[1.]+[0.]*(k-1)]); s["transition"]=np.array([[1.]]) if k==1 else np.array([[1.,1.],[0,1.]]); s["selection"]=np.eye(k)
        s.ssm["obs_cov"]=v[None,None,:]; s.ssm.initialize_diffuse(); s.loglikelihood_burn=0
    @property
    def param_names(s): return {"level":["s2_level"],"llt":["s2_level","s2_slope"],"irw":["s2_slope"],"rwdrift":["s2_level"]}[s.trend]
    @property
    def start_params(s): return np.full(len(s.param_names),1e-4)
    def transform_params(s,u): return u**2
    def untransform_params(s,c): return c**.5
    def update(s,params,**kw):
        params=super().update(params,**kw); q={"level":[params[0]],"llt":list(params),"irw":[0,params[0]],"rwdrift":[params[0],0]}[s.trend] if s.trend!="llt" else list(params)
        for i,a in enumerate(q): s["state_cov",i,i]=a
H=11 # forecast to 2035
def gls(trend,q,y,v,h):  # dense check: y = X b + u + e ; flat prior on initial states
    n=len(y); m=n+h; k=1 if trend=="level" else 2; t=np.arange(m)
    X=np.ones((m,1)) if k==1 else np.column_stack([np.ones(m),t])
    C=np.zeros((m,m)); s2l=q[0]; s2s=q[1] if len(q)>1 else 0
    for i in range(m):
        for j in range(m):
            a=min(i,j); C[i,j]=s2l*a+s2s*sum((i-r)*(j-r) for r in range(1,a+1)) if k==2 else s2l*a   # slope shock r hits level from r+1 on
    o=~np.isnan(y); idx=np.where(o)[0]; W=C[np.ix_(idx,idx)]+np.diag(v[idx]); Xo=X[idx]; Wi=LA.inv(W); XtWX=Xo.T@Wi@Xo; b=LA.solve(XtWX,Xo.T@Wi@y[idx]); r=y[idx]-Xo@b
    rest=-.5*((len(idx)-k)*np.log(2*np.pi)+np.linalg.slogdet(W)[1]+np.linalg.slogdet(XtWX)[1]+r@Wi@r)
    c=C[:,idx]; mu=X@b+c@Wi@r; Z=X-c@Wi@Xo; P=C-c@Wi@c.T+Z@LA.solve(XtWX,Z.T); return rest,mu,np.diag(P)
out={"statsmodels":statsmodels.__version__,"years":yr.tolist(),"phat":ph.tolist(),"se":se.tolist(),"missing_index":miss,"logit":y.tolist(),"v":v.tolist(),"fits":{}}
target=.14; tau=np.log(target/(1-target))
for tr,fixed in (("level",[4e-4]),("llt",[4e-4,1.6e-5]),("irw",[3e-5]),("rwdrift",[4e-4])):
    m=LLT(yy,v,tr); q={"level":fixed,"llt":fixed,"irw":[0]+fixed,"rwdrift":fixed+[0]}[tr]
    def pack(r,par):
        s=r.smoother_results; fc_m=LLT(np.r_[yy,[np.nan]*H],np.r_[v,np.full(H,1.)],tr); fr=fc_m.smooth(np.atleast_1d(par)); 
        lm=fr.smoothed_state[0]; lv=fr.smoothed_state_cov[0,0]
        return dict(params=list(map(float,np.atleast_1d(par))),loglik=float(r.llf),smoothed_level=lm[:len(yy)].tolist(),smoothed_var=lv[:len(yy)].tolist(),forecast_years=list(range(int(yr[-1])+1,int(yr[-1])+1+H)),forecast_mean=lm[len(yy):].tolist(),forecast_var=lv[len(yy):].tolist(),
          prob_below_target=[float(S.norm.cdf((tau-a)/np.sqrt(b))) for a,b in zip(lm[len(yy):],lv[len(yy):])])
    r=m.smooth(fixed); o=pack(r,fixed); g=gls(tr,q,yy,v,H); nd=1 if tr=="level" else 2
    allm=np.r_[o["smoothed_level"],o["forecast_mean"]]; allv=np.r_[o["smoothed_var"],o["forecast_var"]]
    chk=dict(level_maxabs=float(np.max(np.abs(allm-g[1]))),var_maxrel=float(np.max(np.abs(allv/g[2]-1))),loglik_statsmodels=o["loglik"],restricted_loglik_gls=g[0],diff_llf=o["loglik"]-g[0],half_log2pi_times_d=-.5*nd*np.log(2*np.pi))
    # ML: maximise restricted loglik over log-variance grid + polish, with boundary check at 0
    k=len(fixed); 
    def nll(u): 
        s=np.exp(u); qq={"level":s,"llt":s,"irw":np.r_[0,s],"rwdrift":np.r_[s,0]}[tr]; return -gls(tr,qq,yy,v,0)[0]
    best=min((O.minimize(nll,st,method="Nelder-Mead",options=dict(xatol=1e-10,fatol=1e-13,maxiter=8000,maxfev=8000)) for st in ([[-8.]*k,[-10.]*k,[-12.]*k] if k==1 else [[-8,-11],[-12,-9],[-7,-14]])),key=lambda z:z.fun)
    par=np.exp(best.x); bm=[1e-12 if a<1e-11 else a for a in par]; r2=m.smooth(par); o2=pack(r2,par); o2["boundary"]=[bool(a<1e-9) for a in par]; o2["mle_llf_check"]=float(r2.llf)
    try:
        r3=m.fit(disp=0,maxiter=500,method="lbfgs"); o2["statsmodels_fit_params"]=list(map(float,r3.params)); o2["statsmodels_fit_llf"]=float(r3.llf)
    except Exception as e: o2["statsmodels_fit"]=str(e)
    out["fits"][tr]=dict(fixed=o,check=chk,ml=o2); print(tr,chk,"\n   ML",o2["params"],o2["loglik"],o2.get("statsmodels_fit_params"),o2.get("statsmodels_fit_llf"),"P(<target 2035)",o2["prob_below_target"][-1],"fixed",o["prob_below_target"][-1])
# logistic-normal mean by Gauss-Hermite vs median
gh=np.polynomial.hermite_e.hermegauss(60); m,s=out["fits"]["llt"]["fixed"]["forecast_mean"][-1],out["fits"]["llt"]["fixed"]["forecast_var"][-1]**.5
out["logistic_normal"]=dict(mu=m,sd=s,median=float(1/(1+np.exp(-m))),mean=float((gh[1]/gh[1].sum())@(1/(1+np.exp(-(m+s*gh[0]))))),nodes=60); out["target"]=target
# profile of sigma_slope for param uncertainty: integrate over grid (uniform prior on sd)
json.dump(out,open("trend.json","w"),indent=1)
