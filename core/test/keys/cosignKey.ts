/**
 * A key pair for tests only, written by `COSIGN_PASSWORD=correct-horse cosign generate-key-pair` of cosign v3.1.3
 * (github.com/sigstore/cosign). Nothing else is signed with it.
 */
export const COSIGN_PASSWORD = "correct-horse";

export const COSIGN_KEY = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJWRTJwd2Uwc1dJMTRvQk9EVFVrN3ZNbnM5SzF2YTZl
NnB2Ty9MWjFkUi9RPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiIraEJELytlSUsvUXRETUlFd1hleWthdEdEaHpYeWNHWCJ9LCJj
aXBoZXJ0ZXh0Ijoia2VjT214eWZFRE1YcXFydGw2S1Zsc28wQVdDbDZyaHpYTzZF
d2liUXhoVFdVVTVrSkV0VFFTdXFsdGVTYTlkR1JveTlOR0FBdUZGOEQwL01CaFB6
cmFoR3lvNnpWdW1mdHZYd29QTGNEZ2FpZ3Zxc0FzR0xMaUN1clZOb3Bvdno5anpG
OWtOYjhleTBYdVA3QXZiMUt4UVEzOHIwWDlGbUMzSkJUR2dBRkNhN1pESGMwaWZl
bktpWHI0bHpmNmx2MHo2aXdvL3FEVDZTaFE9PSJ9
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----
`;

export const COSIGN_PUB = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZJ4SdBimEyBvwjuLgxu4dM3PnpQG
xGGSoeRQoLAwdUaFcvRSs44+c4xhUt5Zj70BIQigF4ByaiJ0UIVG1M02Hw==
-----END PUBLIC KEY-----
`;
