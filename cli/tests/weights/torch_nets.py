"""Networks as people write them in PyTorch, their weights, and what they give: the files beside this script.

    pip install torch==2.15.0 onnx onnxscript safetensors numpy
    python torch_nets.py

For each network NAME.safetensors (a state_dict), NAME.onnx (torch.onnx.export) and, where the older exporter
writes another graph, NAME.traced.onnx; NAME.y.npy is what the network makes of frames.npy, of bits.npy where
it models bits: the reconstruction at the posterior's mean, then mean and log variance. elbo.json has bounds
of vae, in nats, of given draws.
"""

import json
import pathlib
import warnings

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
ROWS, FEATURES, LATENT = 40, 6, 2


def stirred(net):
    """Batch norms as after a fit: statistics and factors that are not those of a new one."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            for values, low, high in [
                (module.running_mean, -0.5, 0.5),
                (module.running_var, 0.5, 2.0),
                (module.weight, 0.5, 1.5),
                (module.bias, -0.3, 0.3),
            ]:
                values.data.uniform_(low, high)
    return net.eval()


class Autoencoder(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(FEATURES, 8), nn.BatchNorm1d(8), activation(), nn.Dropout(0.1), nn.Linear(8, LATENT)
        )
        self.decoder = nn.Sequential(nn.Linear(LATENT, 8), activation(), nn.Linear(8, FEATURES))

    def forward(self, x):
        return self.decoder(self.encoder(x))


class Vae(nn.Module):
    """With the usual names, and draws."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(FEATURES, 10), nn.BatchNorm1d(10), nn.SiLU(), nn.Linear(10, 5), nn.SiLU()
        )
        self.fc_mu = nn.Linear(5, LATENT)
        self.fc_logvar = nn.Linear(5, LATENT)
        self.decoder = nn.Sequential(
            nn.Linear(LATENT, 7), nn.BatchNorm1d(7), nn.SiLU(), nn.Linear(7, FEATURES)
        )

    def forward(self, x, draw=True):
        h = self.encoder(x)
        mean, log_variance = self.fc_mu(h), self.fc_logvar(h)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean) if draw else mean
        return self.decoder(z), mean, log_variance


class Example(nn.Module):
    """The names of PyTorch's own example, which models bits."""

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(FEATURES, 9)
        self.fc21 = nn.Linear(9, LATENT)
        self.fc22 = nn.Linear(9, LATENT)
        self.fc3 = nn.Linear(LATENT, 9)
        self.fc4 = nn.Linear(9, FEATURES)

    def forward(self, x, draw=True):
        h = torch.relu(self.fc1(x.view(-1, FEATURES)))
        mean, log_variance = self.fc21(h), self.fc22(h)
        std = torch.exp(0.5 * log_variance)
        z = mean + torch.randn_like(std) * std if draw else mean
        return torch.sigmoid(self.fc4(torch.relu(self.fc3(z)))), mean, log_variance


class Joint(nn.Module):
    """Mean and log variance from one layer, of the frame too."""

    def __init__(self, cut):
        super().__init__()
        self.cut = cut
        self.enc = nn.Sequential(nn.Linear(FEATURES, 8), nn.ELU(), nn.Linear(8, 2 * LATENT))
        self.dec = nn.Sequential(nn.Linear(LATENT, 8), nn.ELU(), nn.Linear(8, FEATURES))

    def forward(self, x, draw=True):
        h = self.enc(x)
        if self.cut == "chunk":
            mean, log_variance = torch.chunk(h, 2, dim=1)
        elif self.cut == "split":
            mean, log_variance = torch.split(h, LATENT, dim=-1)
        else:
            mean, log_variance = h[:, :LATENT], h[:, LATENT:]
        return self.dec(mean), mean, log_variance


class TwoHeads(nn.Module):
    """A decoder that gives the frame's variances too, batch norms with names of their own, a mean as z."""

    def __init__(self):
        super().__init__()
        self.fc1, self.bn1 = nn.Linear(FEATURES, 8), nn.BatchNorm1d(8)
        self.mu, self.log_var = nn.Linear(8, LATENT), nn.Linear(8, LATENT)
        self.dec1 = nn.Linear(LATENT, 8)
        self.dec_mu, self.dec_log_var = nn.Linear(8, FEATURES), nn.Linear(8, FEATURES)

    def forward(self, x, draw=True):
        h = torch.tanh(self.bn1(self.fc1(x)))
        mean, log_variance = self.mu(h), self.log_var(h)
        h = torch.tanh(self.dec1(mean))
        return self.dec_mu(h), mean, log_variance, self.dec_log_var(h)


def outputs(net, x):
    with torch.no_grad():
        given = net(x) if isinstance(net, (Autoencoder, nn.Sequential)) else net(x, draw=False)
    return given if isinstance(given, torch.Tensor) else torch.cat(given[:3], dim=1)


def write(name, net, x, state=None, graphs=True):
    state = net.state_dict() if state is None else state
    save_file({key: value.contiguous() for key, value in state.items()}, HERE / f"{name}.safetensors")
    np.save(HERE / f"{name}.y.npy", outputs(net, x).numpy())
    if graphs:
        for ending, dynamo in [("onnx", True), ("traced.onnx", False)]:
            path = str(HERE / f"{name}.{ending}")
            options = {"external_data": False, "verbose": False} if dynamo else {}
            torch.onnx.export(net, (x[:1],), path, dynamo=dynamo, **options)
            slim(path)


def slim(path):
    """Without the paths of the machine that an exporter notes."""
    import onnx

    model = onnx.load(path, load_external_data=False)
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    del model.graph.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    onnx.save(model, path)


def bounds(net, x):
    """Means over given draws of log p(x|z) + log p(z) - log q(z|x), the likelihood a Gaussian of scale 1."""
    draws = torch.randn(16, LATENT)
    with torch.no_grad():
        _, mean, log_variance = net(x, draw=False)
        each = []
        for draw in draws:
            z = mean + torch.exp(0.5 * log_variance) * draw
            normal = torch.distributions.Normal
            log_p = normal(net.decoder(z), 1.0).log_prob(x).sum(1) + normal(0.0, 1.0).log_prob(z).sum(1)
            each.append(log_p - normal(mean, torch.exp(0.5 * log_variance)).log_prob(z).sum(1))
    return {"draws": draws.tolist(), "elbo": torch.stack(each).mean(0).tolist()}


def main():
    torch.manual_seed(7)
    frames = torch.randn(ROWS, FEATURES)
    bits = (torch.rand(ROWS, FEATURES) < 0.4).float()
    np.save(HERE / "frames.npy", frames.numpy())
    np.save(HERE / "bits.npy", bits.numpy())
    for name, activation in [
        ("relu", nn.ReLU),
        ("leaky-relu", nn.LeakyReLU),
        ("tanh", nn.Tanh),
        ("sigmoid", nn.Sigmoid),
        ("silu", nn.SiLU),
        ("elu", nn.ELU),
        ("softplus", nn.Softplus),
    ]:
        write(f"ae_{name}", stirred(Autoencoder(activation)), frames)
    vae = stirred(Vae())
    write("vae", vae, frames)
    (HERE / "elbo.json").write_text(json.dumps(bounds(vae, frames[:8])) + "\n")
    parallel = {f"module.{key}": value for key, value in vae.state_dict().items()}
    write("parallel", vae, frames, parallel, graphs=False)
    for name, number in [("half", torch.float16), ("bfloat", torch.bfloat16)]:
        state = {k: v.to(number) if v.is_floating_point() else v for k, v in vae.state_dict().items()}
        rounded = stirred(Vae())
        rounded.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
        write(name, rounded.eval(), frames, state, graphs=False)
    write("example", Example().eval(), bits)
    for cut in ["chunk", "split", "slice"]:
        write(f"joint_{cut}", Joint(cut).eval(), frames)
    write("two_heads", stirred(TwoHeads()), frames)
    # as the exporter writes it by default: weights in a file beside the graph
    beside = nn.Sequential(nn.Linear(FEATURES, 20), nn.ReLU(), nn.Linear(20, FEATURES)).eval()
    np.save(HERE / "beside.y.npy", outputs(beside, frames).numpy())
    torch.onnx.export(beside, (frames[:1],), str(HERE / "beside.onnx"), dynamo=True, verbose=False)
    slim(str(HERE / "beside.onnx"))


main()
