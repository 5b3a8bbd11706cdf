"""Small torch modules of many architectures, written as people write them, and samples for each."""

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812  (as people write it)


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(6, 8), nn.Linear(8, 8)])
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return F.log_softmax(self.head(x), dim=1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 3, 5, padding=2)
        self.conv2 = nn.Conv2d(3, 4, 5)
        self.fc1 = nn.Linear(4 * 5 * 5, 8)
        self.fc2 = nn.Linear(8, 4)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), (2, 2))
        x = x.view(x.size(0), -1)
        return self.fc2(F.dropout(torch.sigmoid(self.fc1(x)), 0.3, self.training))


def vgg():
    def stage(i, o):
        return [nn.Conv2d(i, o, 3, padding=1), nn.BatchNorm2d(o), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2)]

    head = [nn.Flatten(), nn.Linear(4 * 4 * 4, 8), nn.ReLU(), nn.Dropout(0.4), nn.Linear(8, 3)]
    return nn.Sequential(*stage(3, 4), *stage(4, 4), *head)


class BasicBlock(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or i != o:
            self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 7, 2, 3, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.layer1 = nn.Sequential(BasicBlock(4, 4), BasicBlock(4, 4), BasicBlock(4, 4))
        self.layer2 = nn.Sequential(BasicBlock(4, 8, 2), BasicBlock(8, 8))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(4 + 2 * n), nn.ReLU(), nn.Conv2d(4 + 2 * n, 2, 3, padding=1))
            for n in range(3)
        )
        self.fc = nn.Linear(10, 3)

    def forward(self, x):
        x = self.first(x)
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return self.fc(x.mean([2, 3]))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 2, 1)
        self.three = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(), nn.Conv2d(2, 3, 3, padding=1))
        self.five = nn.Conv2d(3, 2, 5, padding="same")
        self.pool = nn.Conv2d(3, 1, 1)

    def forward(self, x):
        pooled = self.pool(F.max_pool2d(x, 3, stride=1, padding=1))
        return torch.cat((self.one(x), self.three(x), self.five(x), pooled), dim=1)


class InvertedResidual(nn.Module):
    def __init__(self, width, stride=1):
        super().__init__()
        self.use_skip = stride == 1
        self.conv = nn.Sequential(
            nn.Conv2d(width, 2 * width, 1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU6(inplace=True),
            nn.Conv2d(2 * width, 2 * width, 3, stride, 1, groups=2 * width, bias=False),
            nn.BatchNorm2d(2 * width, momentum=0.01, eps=1e-3),
            nn.Hardswish(),
            nn.Conv2d(2 * width, width, 1, bias=False),
        )

    def forward(self, x):
        return x + self.conv(x) if self.use_skip else self.conv(x)


def mobilenet():
    return nn.Sequential(InvertedResidual(4), InvertedResidual(4, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten())


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.ReLU())
        self.down2 = nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU())
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.last = nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, x):
        first = self.down1(x)
        second = self.down2(F.max_pool2d(first, 2))
        joined = torch.cat([first, self.up(second)], dim=1)
        return F.interpolate(self.last(joined), scale_factor=2, mode="bilinear")


class LSTMClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 5)
        self.lstm = nn.LSTM(5, 6, num_layers=2, batch_first=True, dropout=0.1, bidirectional=True)
        self.fc = nn.Linear(12, 2)

    def forward(self, tokens):
        _, (hidden, _) = self.lstm(self.embedding(tokens))
        return self.fc(torch.cat((hidden[-2], hidden[-1]), dim=1))


class GRUTagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 5)
        self.gru = nn.GRU(5, 6, batch_first=True)
        self.tags = nn.Linear(6, 4)

    def forward(self, tokens):
        out, _ = self.gru(self.embedding(tokens))
        return self.tags(out)


class LastState(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(5, 6, batch_first=True)
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        out, hidden = self.rnn(x)
        return self.norm(out[:, -1, :]) + hidden.squeeze(0)


class TextCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 4)
        self.convs = nn.ModuleList(nn.Conv1d(4, 3, k) for k in (2, 3))
        self.fc = nn.Linear(6, 2)

    def forward(self, tokens):
        x = self.embedding(tokens).permute(0, 2, 1)
        found = [F.relu(conv(x)).amax(2) for conv in self.convs]
        return self.fc(torch.cat(found, 1))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.positions = nn.Parameter(torch.randn(1, 6, 8))
        layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.fc = nn.Linear(8, 3)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions
        return self.fc(self.encoder(x).mean(dim=1))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.positions = nn.Parameter(torch.randn(1, 5, 8))
        self.norm = nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1) + self.positions
        y = self.norm(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return self.head(x[:, 0])


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(16, 6), nn.LeakyReLU(0.2), nn.Linear(6, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 6), nn.ELU(0.5), nn.Linear(6, 16), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x.flatten(1))).reshape(-1, 1, 4, 4)


class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 2)
        self.fc2 = nn.Linear(2, 4)

    def forward(self, x):
        scale = F.adaptive_avg_pool2d(x, 1).flatten(1)
        scale = torch.sigmoid(self.fc2(F.silu(self.fc1(scale))))
        return x * F.interpolate(scale.unsqueeze(-1).unsqueeze(-1), scale_factor=5)


class ByControlFlow(nn.Module):
    """Shapes decide, which torch.fx can't follow and torch.export can."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        x = self.norm(self.conv(x))
        if x.shape[1] == 4:
            x = torch.relu(x)
        if x.dim() == 4:
            x = x.mean((2, 3))
        return self.fc(x * 0.5 + 1)


def image(channels, side):
    return (torch.randn(3, channels, side, side),)


def ids():
    return (torch.randint(0, 11, (3, 6)),)


ARCHITECTURES = {
    "mlp": (MLP, lambda: (torch.randn(3, 6),)),
    "lenet": (LeNet, lambda: image(1, 28)),
    "vgg": (vgg, lambda: image(3, 16)),
    "resnet": (ResNet, lambda: image(3, 16)),
    "densenet": (DenseNet, lambda: image(3, 6)),
    "inception": (Inception, lambda: image(3, 6)),
    "mobilenet": (mobilenet, lambda: image(4, 6)),
    "unet": (UNet, lambda: image(1, 8)),
    "lstm": (LSTMClassifier, ids),
    "gru": (GRUTagger, ids),
    "last state": (LastState, lambda: (torch.randn(3, 4, 5),)),
    "text cnn": (TextCNN, ids),
    "transformer": (Transformer, ids),
    "vit": (ViT, lambda: image(3, 8)),
    "autoencoder": (AutoEncoder, lambda: image(1, 4)),
    "squeeze excite": (SqueezeExcite, lambda: image(4, 5)),
    "by control flow": (ByControlFlow, lambda: image(3, 6)),
}
