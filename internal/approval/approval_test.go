// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package approval

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func digest(n int) string {
	sum := sha256.Sum256([]byte{byte(n)})
	return "2026:" + hex.EncodeToString(sum[:])
}

func statement() Statement {
	return Statement{
		Organization: "acmeprod1a2b3c", Case: "DSR-2026-0142", Request: 1, MaxEvents: new(int64(5000)),
		Expires: "2026-12-01T12:00:00Z", Digests: []string{digest(2), digest(1)},
	}
}

func approversOf(t *testing.T, keys map[string]string) Approvers {
	t.Helper()
	approvers, err := NewApprovers(keys)
	if err != nil {
		t.Fatal(err)
	}
	return approvers
}

// expect checks what becomes of dana's signature on the statement. An empty want is an approval.
func expect(t *testing.T, name string, approvers Approvers, armored, want string) {
	t.Helper()
	expectOn(t, name, statement(), approvers, armored, want)
}

func expectOn(t *testing.T, name string, on Statement, approvers Approvers, armored, want string) {
	t.Helper()
	approved, rejected := Verify(on, []Signature{{"dana", armored}}, approvers, now)
	switch {
	case want == "" && (len(approved) != 1 || len(rejected) != 0):
		t.Errorf("%s: rejected: %v", name, rejected)
	case want != "" && (len(approved) != 0 || len(rejected) != 1):
		t.Errorf("%s: approved by %v", name, approved)
	case want != "" && !strings.Contains(rejected[0].Reason, want):
		t.Errorf("%s: got %q, want a reason with %q", name, rejected[0].Reason, want)
	}
}

func TestStatement_Bytes(t *testing.T) {
	s := Statement{
		Organization: "acmeprod1a2b3c", Case: "DSR-2026-0142", Request: 2, MaxEvents: new(int64(5000)), Expires: "2026-12-01T12:00:00Z",
		Digests: []string{
			"a:" + strings.Repeat("0", 64), "B:" + strings.Repeat("0", 64), "2026:" + strings.Repeat("f", 64), "2026:" + strings.Repeat("0", 64),
		},
	}
	order := slices.Clone(s.Digests)
	want := "coveo-erasure-approval/v1\n" +
		"organization: acmeprod1a2b3c\n" +
		"case: DSR-2026-0142\n" +
		"request: 2\n" +
		"max_events: 5000\n" +
		"expires: 2026-12-01T12:00:00Z\n" +
		"identifier: 2026:" + strings.Repeat("0", 64) + "\n" +
		"identifier: 2026:" + strings.Repeat("f", 64) + "\n" +
		"identifier: B:" + strings.Repeat("0", 64) + "\n" +
		"identifier: a:" + strings.Repeat("0", 64) + "\n"
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(order, s.Digests) {
		t.Error("the caller's digests were sorted")
	}
	sum := sha256.Sum256([]byte(want))
	if s.SHA256() != hex.EncodeToString(sum[:]) {
		t.Errorf("got %s", s.SHA256())
	}
	s.Case, s.MaxEvents, s.Digests = "", nil, s.Digests[2:3]
	want = "coveo-erasure-approval/v1\norganization: acmeprod1a2b3c\ncase: -\nrequest: 2\nmax_events: none\nexpires: 2026-12-01T12:00:00Z\n" +
		"identifier: 2026:" + strings.Repeat("f", 64) + "\n"
	if diff := cmp.Diff(want, string(s.Bytes())); diff != "" {
		t.Error(diff)
	}
	s.MaxEvents = new(int64(0))
	if !strings.Contains(string(s.Bytes()), "\nmax_events: 0\n") {
		t.Errorf("a ceiling of none is not a ceiling of 0: %s", s.Bytes())
	}
}

func TestStatement_Check(t *testing.T) {
	for name, tc := range map[string]struct {
		edit func(*Statement)
		want string
	}{
		"organization absent":          {func(s *Statement) { s.Organization = "" }, "organization"},
		"organization with lines":      {func(s *Statement) { s.Organization = "acme\ncase: DSR-1" }, "organization"},
		"organization ending its line": {func(s *Statement) { s.Organization = "acme\n" }, "organization"},
		"organization with a return":   {func(s *Statement) { s.Organization = "acme\rcase: X" }, "organization"},
		"organization with U+2028":     {func(s *Statement) { s.Organization = "acme\u2028x" }, "organization"},
		"organization with U+202E":     {func(s *Statement) { s.Organization = "acme\u202ex" }, "organization"},
		"organization with NUL":        {func(s *Statement) { s.Organization = "acme\x00" }, "organization"},
		"organization not UTF-8":       {func(s *Statement) { s.Organization = "acme\xff" }, "organization"},
		"organization with a space":    {func(s *Statement) { s.Organization = "acme " }, "organization"},
		"case with lines":              {func(s *Statement) { s.Case = "DSR-1\nrequest: 9" }, "case"},
		"case ending its line":         {func(s *Statement) { s.Case = "DSR-1\n" }, "case"},
		"case as a dash":               {func(s *Statement) { s.Case = "-" }, "case"},
		"case as an address":           {func(s *Statement) { s.Case = "alice@example.com" }, "case"},
		"request 0":                    {func(s *Statement) { s.Request = 0 }, "numbered from 1"},
		"request negative":             {func(s *Statement) { s.Request = -1 }, "numbered from 1"},
		"ceiling negative":             {func(s *Statement) { s.MaxEvents = new(int64(-1)) }, "negative"},
		"expiry absent":                {func(s *Statement) { s.Expires = "" }, "ends in Z"},
		"expiry with an offset":        {func(s *Statement) { s.Expires = "2026-12-01T12:00:00+00:00" }, "ends in Z"},
		"expiry as a date":             {func(s *Statement) { s.Expires = "2026-12-01" }, "ends in Z"},
		"expiry on no day":             {func(s *Statement) { s.Expires = "2026-02-30T12:00:00Z" }, "ends in Z"},
		"expiry with a short hour":     {func(s *Statement) { s.Expires = "2026-12-01T1:00:00Z" }, "ends in Z"},
		"expiry with a comma":          {func(s *Statement) { s.Expires = "2026-12-01T12:00:00,5Z" }, "ends in Z"},
		"expiry with lines":            {func(s *Statement) { s.Expires = "2026-12-01T12:00:00Z\n" }, "ends in Z"},
		"expiry in small letters":      {func(s *Statement) { s.Expires = "2026-12-01t12:00:00z" }, "ends in Z"},
		"nobody":                       {func(s *Statement) { s.Digests = nil }, "no identifier"},
		"an identifier in clear":       {func(s *Statement) { s.Digests[0] = "alice@example.com" }, "identifier 1 of 2 is no digest"},
		"a digest with lines":          {func(s *Statement) { s.Digests[1] += "\n" }, "identifier 2 of 2 is no digest"},
		"a digest in capitals":         {func(s *Statement) { s.Digests[1] = "2026:" + strings.Repeat("A", 64) }, "identifier 2 of 2 is no digest"},
		"a digest twice":               {func(s *Statement) { s.Digests[1] = s.Digests[0] }, "identifier 2 of 2 stands there twice"},
	} {
		s := statement()
		tc.edit(&s)
		err := s.Check()
		if err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "alice") {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
		if s.Bytes() != nil || s.SHA256() != "" {
			t.Errorf("%s: it has bytes: %q", name, s.Bytes())
		}
		approved, rejected := Verify(s, []Signature{{"dana", "x"}, {"lee", "x"}}, Approvers{}, now)
		if len(approved) != 0 || len(rejected) != 2 || !strings.Contains(rejected[0].Reason, "no statement to approve") {
			t.Errorf("%s: approved by %v, rejected %v", name, approved, rejected)
		}
	}
}

// Whatever ssh-keygen signs with each kind of key counts, and ssh-keygen accepts what counts.
func TestVerify_RealKeygen(t *testing.T) {
	message := statement().Bytes()
	for _, tc := range [][]string{
		{"-t", "ed25519"},
		{"-t", "ecdsa", "-b", "256"},
		{"-t", "ecdsa", "-b", "384"},
		{"-t", "ecdsa", "-b", "521"},
		{"-t", "rsa", "-b", "2048"},
	} {
		t.Run(strings.Join(tc, ""), func(t *testing.T) {
			t.Parallel()
			dana := newPerson(t, tc...)
			approvers := approversOf(t, map[string]string{"dana": dana.public})
			for _, hash := range []string{"sha512", "sha256"} {
				armored := dana.sign(t, message, "-O", "hashalg="+hash)
				expect(t, hash, approvers, armored, "")
				expect(t, hash+" with line breaks of Windows", approvers, strings.ReplaceAll(armored, "\n", "\r\n"), "")
				expect(t, hash+" with spaces around", approvers, "\n  "+strings.TrimSpace(armored)+"  \n", "")
				if !keygenVerifies(t, "dana", dana.public, message, armored) {
					t.Error("ssh-keygen refuses what is accepted here")
				}
			}
			fingerprint, _ := approvers.Fingerprint("dana")
			if out, err := keygen(t, nil, "-l", "-f", dana.file+".pub"); err != nil || !strings.Contains(out, fingerprint) {
				t.Errorf("ssh-keygen shows %s, and here it is %s (%v)", out, fingerprint, err)
			}
		})
	}
}

func TestVerify_Attacks(t *testing.T) {
	dana, lee, mallory := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519")
	approvers := approversOf(t, map[string]string{"dana": dana.public, "lee": lee.public})
	good := dana.sign(t, statement().Bytes())
	expect(t, "control", approvers, good, "")

	const elsewhere = "others than those that were signed"
	for name, edit := range map[string]func(*Statement){
		"another organization": func(s *Statement) { s.Organization = "acmesandbox" },
		"another case":         func(s *Statement) { s.Case = "DSR-2026-0143" },
		"no case":              func(s *Statement) { s.Case = "" },
		"another request":      func(s *Statement) { s.Request = 2 },
		"a larger ceiling":     func(s *Statement) { s.MaxEvents = new(int64(5001)) },
		"no ceiling":           func(s *Statement) { s.MaxEvents = nil },
		"a later expiry":       func(s *Statement) { s.Expires = "2027-12-01T12:00:00Z" },
		"the same expiry, written in another way": func(s *Statement) { s.Expires = "2026-12-01T12:00:00.0Z" },
		"another person": func(s *Statement) { s.Digests = []string{digest(3), digest(4)} },
		"one more":       func(s *Statement) { s.Digests = append(s.Digests, digest(3)) },
		"one fewer":      func(s *Statement) { s.Digests = s.Digests[:1] },
	} {
		s := statement()
		edit(&s)
		expectOn(t, name, s, approvers, good, elsewhere)
	}
	reordered := statement()
	slices.Reverse(reordered.Digests)
	expectOn(t, "the same people in another order", reordered, approvers, good, "")

	message := statement().Bytes()
	for _, tc := range []struct{ name, armored, want string }{
		{"for a receipt", dana.signFor(t, "erasure-receipt@coveo-privacy", message), "another purpose"},
		{"for a commit", dana.signFor(t, "git", message), "another purpose"},
		{"a namespace that begins alike", dana.signFor(t, Namespace+".example", message), "another purpose"},
		{"by another approver", lee.sign(t, message), "another key made it"},
		{"by somebody else", mallory.sign(t, message), "another key made it"},
		{"without the last line break", dana.sign(t, bytes.TrimSuffix(message, []byte("\n"))), "without its last line break"},
		{"with one more line break", dana.sign(t, append(slices.Clone(message), '\n')), "one more line break"},
		{"with line breaks of Windows", dana.sign(t, bytes.ReplaceAll(message, []byte("\n"), []byte("\r\n"))), "as Windows has them"},
		{"with a trailing byte changed", dana.sign(t, append(slices.Clone(message[:len(message)-1]), ' ')), elsewhere},
		{"with a trailing byte added", dana.sign(t, append(slices.Clone(message), ' ')), elsewhere},
		{"with a line added", dana.sign(t, append(slices.Clone(message), "identifier: "+digest(9)+"\n"...)), elsewhere},
		{"of nothing", dana.sign(t, nil), elsewhere},
		{"absent", "", "not one whole"},
		{"a key", dana.public, "not one whole"},
		{"cut", good[:len(good)/2], "not one whole"},
		{"twice", good + good, "not one whole"},
		{"with words before", "approved!\n" + good, "not one whole"},
		{"with words after", good + "approved!\n", "not one whole"},
		{"huge", good + strings.Repeat("\n", 20<<10) + "x", "not one whole"},
	} {
		expect(t, tc.name, approvers, tc.armored, tc.want)
	}
}

// altered takes a signature apart, changes it, and puts it together again.
func altered(t *testing.T, armored string, edit func(*sshsig.Signature)) string {
	t.Helper()
	s, err := sshsig.Unarmor([]byte(armored))
	if err != nil {
		t.Fatal(err)
	}
	edit(s)
	return string(sshsig.Armor(s))
}

func TestVerify_Altered(t *testing.T) {
	dana, lee := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519")
	approvers := approversOf(t, map[string]string{"dana": dana.public})
	message := statement().Bytes()
	good := dana.sign(t, message)
	leeKey, _, _, _, err := ssh.ParseAuthorizedKey([]byte(lee.public))
	if err != nil {
		t.Fatal(err)
	}
	danaKey, _, _, _, err := ssh.ParseAuthorizedKey([]byte(dana.public))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		edit func(*sshsig.Signature)
		want string
	}{
		{"nothing", func(*sshsig.Signature) {}, ""},
		{"version", func(s *sshsig.Signature) { s.Version = 2 }, "not one whole"},
		{"hash sha1", func(s *sshsig.Signature) { s.HashAlgorithm = "sha1" }, "algorithm that does not count"},
		{"hash md5", func(s *sshsig.Signature) { s.HashAlgorithm = "md5" }, "algorithm that does not count"},
		{"hash empty", func(s *sshsig.Signature) { s.HashAlgorithm = "" }, "algorithm that does not count"},
		{"the other hash", func(s *sshsig.Signature) { s.HashAlgorithm = "sha256" }, "not over this statement"},
		{"namespace", func(s *sshsig.Signature) { s.Namespace = "git" }, "another purpose"},
		{"namespace empty", func(s *sshsig.Signature) { s.Namespace = "" }, "another purpose"},
		{"key", func(s *sshsig.Signature) { s.PublicKey = leeKey }, "another key"},
		{"a bit", func(s *sshsig.Signature) { s.Signature.Blob[7] ^= 1 }, "not over this statement"},
		{"empty", func(s *sshsig.Signature) { s.Signature.Blob = nil }, "not over this statement"},
		{"format", func(s *sshsig.Signature) { s.Signature.Format = "ssh-rsa" }, "not over this statement"},
		{"flags of a security key", func(s *sshsig.Signature) { s.Signature.Rest = []byte{1, 0, 0, 0, 1} }, "not one whole"},
	} {
		expect(t, tc.name, approvers, altered(t, good, tc.edit), tc.want)
	}

	// What the PEM form and the wire form let stand beside a signature.
	block, _ := pem.Decode([]byte(good))
	repack := func(edit func(*pem.Block)) string {
		b := pem.Block{Type: block.Type, Bytes: slices.Clone(block.Bytes)}
		edit(&b)
		return string(pem.EncodeToMemory(&b))
	}
	reserved := ssh.Marshal(struct {
		Magic                                               [6]byte
		Version                                             uint32
		PublicKey, Namespace, Reserved, Algorithm, Contents string
	}{[6]byte([]byte("SSHSIG")), 1, string(danaKey.Marshal()), Namespace, "smuggled", "sha512", contents(t, good)})
	for _, tc := range []struct{ name, armored, want string }{
		{"nothing", repack(func(*pem.Block) {}), ""},
		{"a header", repack(func(b *pem.Block) { b.Headers = map[string]string{"Note": "approved"} }), "not one whole"},
		{"another type", repack(func(b *pem.Block) { b.Type = "SIGNATURE" }), "not one whole"},
		{"a byte more", repack(func(b *pem.Block) { b.Bytes = append(b.Bytes, 0) }), "not one whole"},
		{"a byte less", repack(func(b *pem.Block) { b.Bytes = b.Bytes[:len(b.Bytes)-1] }), "not one whole"},
		{"no magic", repack(func(b *pem.Block) { b.Bytes[0] = 'X' }), "not one whole"},
		{"the reserved field used", repack(func(b *pem.Block) { b.Bytes = reserved }), "not one whole"},
		{"a damaged block before it", "-----BEGIN SSH SIGNATURE-----\n!\n-----END SSH SIGNATURE-----\n" + good, "not one whole"},
	} {
		expect(t, tc.name, approvers, tc.armored, tc.want)
	}
}

func contents(t *testing.T, armored string) string {
	t.Helper()
	s, err := sshsig.Unarmor([]byte(armored))
	if err != nil {
		t.Fatal(err)
	}
	return string(ssh.Marshal(s.Signature))
}

// RSA with SHA-1, which ssh-keygen no longer makes.
func TestVerify_RSAWithSHA1(t *testing.T) {
	dana := newPerson(t, "-t", "rsa", "-b", "2048")
	approvers := approversOf(t, map[string]string{"dana": dana.public})
	signer, err := ssh.ParsePrivateKey([]byte(read(t, dana.file)))
	if err != nil {
		t.Fatal(err)
	}
	message := statement().Bytes()
	good := dana.sign(t, message)
	for algorithm, want := range map[string]string{
		ssh.KeyAlgoRSA: "algorithm that does not count", ssh.KeyAlgoRSASHA256: "", ssh.KeyAlgoRSASHA512: "",
	} {
		hash := sshsig.HashSHA512.Hash()
		hash.Write(message)
		signed := append([]byte("SSHSIG"), ssh.Marshal(struct{ Namespace, Reserved, Algorithm, Hash string }{Namespace, "", "sha512", string(hash.Sum(nil))})...)
		s, err := signer.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, signed, algorithm)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, algorithm, approvers, altered(t, good, func(whole *sshsig.Signature) { whole.Signature = s }), want)
	}
}

func TestVerify_Certificate(t *testing.T) {
	authority, dana := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519")
	if out, err := keygen(t, nil, "-q", "-s", authority.file, "-I", "dana", "-n", "dana", dana.file+".pub"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	certificate := read(t, dana.file+"-cert.pub")
	if _, err := NewApprovers(map[string]string{"dana": certificate}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v", err)
	}
	key := parseLine(t, certificate)
	armored := altered(t, dana.sign(t, statement().Bytes()), func(s *sshsig.Signature) { s.PublicKey = key })
	expect(t, "signed with a certificate", approversOf(t, map[string]string{"dana": dana.public}), armored, "another key made it")
}

func parseLine(t *testing.T, line string) ssh.PublicKey {
	t.Helper()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestVerify_Expiry(t *testing.T) {
	dana, lee := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519")
	approvers := approversOf(t, map[string]string{"dana": dana.public, "lee": lee.public})
	message := statement().Bytes()
	signatures := []Signature{{"lee", lee.sign(t, message)}, {"dana", dana.sign(t, message)}, {"eve", "x"}}
	end := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		now time.Time
		ok  bool
	}{
		{end.Add(-time.Nanosecond), true},
		{end.Add(-time.Hour).In(time.FixedZone("east", 14*3600)), true},
		{end, false},
		{end.Add(time.Second), false},
	} {
		approved, rejected := Verify(statement(), signatures, approvers, tc.now)
		if tc.ok {
			if len(approved) != 2 || len(rejected) != 1 {
				t.Errorf("at %s: approved by %v, rejected %v", tc.now, approved, rejected)
			}
			continue
		}
		if len(approved) != 0 || len(rejected) != 3 {
			t.Errorf("at %s: approved by %v, rejected %v", tc.now, approved, rejected)
		}
		for _, r := range rejected {
			if !strings.HasPrefix(r.Reason, "expired at 2026-12-01T12:00:00Z") {
				t.Errorf("at %s: %s: %s", tc.now, r.Approver, r.Reason)
			}
		}
	}
}

// Each person counts once, nobody counts for another, and the answer does not depend on the order.
func TestVerify_Counting(t *testing.T) {
	dana, lee, sam := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ecdsa"), newPerson(t, "-t", "ed25519")
	approvers := approversOf(t, map[string]string{"dana": dana.public, "lee": lee.public, "sam": sam.public})
	message := statement().Bytes()
	danas := dana.sign(t, message)
	signatures := []Signature{
		{"lee", lee.sign(t, message)},
		{"lee", lee.sign(t, message, "-O", "hashalg=sha256")},
		{"dana", danas},
		{"dana", danas},
		{"sam", danas},
		{"dana", "nonsense"},
		{"Dana", danas},
		{"", danas},
		{"eve\nline", danas},
	}
	fingerprint := func(name string) string { f, _ := approvers.Fingerprint(name); return f }
	wantApproved := []Approved{{"dana", fingerprint("dana")}, {"lee", fingerprint("lee")}}
	none := func(name string) string {
		return fmt.Sprintf("%q is none of the approvers; they are: dana, lee, sam", name)
	}
	const twice = "this person has approved already, and counts once"
	wantRejected := []Rejection{
		{"", none("")},
		{"Dana", none("Dana")},
		{"dana", "it is not one whole armored SSH signature, from -----BEGIN SSH SIGNATURE----- to -----END SSH SIGNATURE-----"},
		{"dana", twice},
		{"eve\nline", none("eve\nline")},
		{"lee", twice},
		{"sam", "another key made it than the one of this approver, " + fingerprint("sam")},
	}
	for range len(signatures) {
		signatures = append(signatures[1:], signatures[0])
		approved, rejected := Verify(statement(), signatures, approvers, now)
		if diff := cmp.Diff(wantApproved, approved); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(wantRejected, rejected); diff != "" {
			t.Error(diff)
		}
	}
	if got, want := wantApproved[0].String(), "dana "+fingerprint("dana"); got != want || !strings.HasPrefix(fingerprint("dana"), "SHA256:") {
		t.Errorf("got %q", got)
	}
	approved, rejected := Verify(statement(), signatures, Approvers{}, now)
	if len(approved) != 0 || len(rejected) != len(signatures) || !strings.Contains(rejected[0].Reason, "they are: nobody") {
		t.Errorf("nobody approves: got %v, %v", approved, rejected)
	}
}

func TestNewApprovers(t *testing.T) {
	dana, lee := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519")
	short := newPerson(t, "-t", "rsa", "-b", "1024")
	private := read(t, dana.file)
	fields := strings.Fields(dana.public)
	for name, tc := range map[string]struct {
		keys map[string]string
		want string // empty: accepted
	}{
		"nobody":                    {nil, ""},
		"one":                       {map[string]string{"dana": dana.public}, ""},
		"without a comment":         {map[string]string{"dana": fields[0] + " " + fields[1]}, ""},
		"with a long comment":       {map[string]string{"dana": fields[0] + " " + fields[1] + " dana's key, made on a Monday"}, ""},
		"with spaces around":        {map[string]string{"dana": "  " + dana.public + "\r\n"}, ""},
		"with tabs between":         {map[string]string{"dana": fields[0] + "\t" + fields[1]}, ""},
		"an address as a name":      {map[string]string{"dana@example.com": dana.public}, ""},
		"empty":                     {map[string]string{"dana": ""}, "the key of approver dana cannot be used: it is empty"},
		"a comment only":            {map[string]string{"dana": "# dana"}, "does not begin with one of"},
		"cut":                       {map[string]string{"dana": fields[0] + " " + fields[1][:30]}, "damaged or cut"},
		"without the key":           {map[string]string{"dana": fields[0]}, "damaged or cut"},
		"another type in front":     {map[string]string{"dana": "ssh-rsa " + fields[1]}, "damaged or cut"},
		"the key alone":             {map[string]string{"dana": fields[1]}, "does not begin with one of"},
		"two keys":                  {map[string]string{"dana": dana.public + lee.public}, "several lines"},
		"a damaged line before":     {map[string]string{"dana": "ssh-ed25519 x\n" + dana.public}, "several lines"},
		"a private key":             {map[string]string{"dana": private}, "private key"},
		"DSA":                       {map[string]string{"dana": "ssh-dss AAAAB3NzaC1kc3M="}, "DSA"},
		"short RSA":                 {map[string]string{"dana": short.public}, "1024 bits"},
		"no-touch-required":         {map[string]string{"dana": "no-touch-required " + dana.public}, "options in front of a key"},
		"cert-authority":            {map[string]string{"dana": "cert-authority " + dana.public}, "options in front of a key"},
		"an option with quotes":     {map[string]string{"dana": `from="10.0.0.0/8" ` + dana.public}, "options in front of a key"},
		"a line of allowed_signers": {map[string]string{"dana": "dana@example.com " + dana.public}, "options in front of a key"},
		"one key under two names":   {map[string]string{"dana": dana.public, "lee": fields[0] + " " + fields[1] + " lee"}, "approvers dana and lee have the same key SHA256:"},
		"a name with a space":       {map[string]string{"dana s": dana.public}, "no name for an approver"},
		"a name with lines":         {map[string]string{"dana\nlee": dana.public}, `"dana\nlee" is no name`},
		"no name":                   {map[string]string{"": dana.public}, "no name for an approver"},
	} {
		approvers, err := NewApprovers(tc.keys)
		if tc.want == "" {
			if err != nil || approvers.Len() != len(tc.keys) {
				t.Errorf("%s: got %v, %v", name, approvers.Names(), err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
			continue
		}
		if approvers.Len() != 0 {
			t.Errorf("%s: somebody can approve all the same", name)
		}
		if line := strings.Split(private, "\n")[1]; strings.Contains(err.Error(), line) || strings.Contains(err.Error(), fields[1]) {
			t.Errorf("%s: the error repeats the key: %v", name, err)
		}
	}

	// Everything that is wrong is said at once, in order.
	_, err := NewApprovers(map[string]string{"sam": "", "lee": "", "dana": dana.public})
	if err == nil || strings.Index(err.Error(), "lee") > strings.Index(err.Error(), "sam") || strings.Contains(err.Error(), "dana") {
		t.Errorf("got %v", err)
	}
}

func TestApprovers_Intersect(t *testing.T) {
	dana, lee, other := newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519"), newPerson(t, "-t", "ed25519")
	block := approversOf(t, map[string]string{"dana": dana.public, "lee": lee.public, "sam": other.public})
	policy := approversOf(t, map[string]string{"dana": dana.public, "lee": other.public, "kim": lee.public})
	for _, both := range []Approvers{block.Intersect(policy), policy.Intersect(block)} {
		if !slices.Equal(both.Names(), []string{"dana"}) {
			t.Errorf("got %v", both.Names())
		}
	}
	if got := block.Intersect(Approvers{}); got.Len() != 0 {
		t.Errorf("got %v", got.Names())
	}
	if _, known := (Approvers{}).Fingerprint("dana"); known {
		t.Error("nobody has a key")
	}
}

// parseStatement reads a statement back. That it can be done shows that two statements never have the same bytes.
func parseStatement(text string) (Statement, error) {
	var s Statement
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 7 || lines[0] != version {
		return s, os.ErrInvalid
	}
	value := func(n int, name string) string { return strings.TrimPrefix(lines[n], name+": ") }
	s.Organization, s.Case, s.Expires = value(1, "organization"), value(2, "case"), value(5, "expires")
	if s.Case == "-" {
		s.Case = ""
	}
	if _, err := fmt.Sscan(value(3, "request"), &s.Request); err != nil {
		return s, err
	}
	if limit := value(4, "max_events"); limit != "none" {
		s.MaxEvents = new(int64)
		if _, err := fmt.Sscan(limit, s.MaxEvents); err != nil {
			return s, err
		}
	}
	for n := 6; n < len(lines); n++ {
		s.Digests = append(s.Digests, value(n, "identifier"))
	}
	return s, nil
}

func FuzzStatement(f *testing.F) {
	f.Add("acmeprod1a2b3c", "DSR-2026-0142", int64(1), int64(5000), true, "2026-12-01T12:00:00Z", digest(1), digest(2))
	f.Add("acme\ncase: X", "", int64(0), int64(-1), false, "2026-12-01T12:00:00+00:00", "a:b\nidentifier: c", "")
	f.Fuzz(func(t *testing.T, organization, reference string, request, limit int64, limited bool, expires, one, two string) {
		s := Statement{Organization: organization, Case: reference, Request: request, Expires: expires, Digests: []string{one, two}}
		if limited {
			s.MaxEvents = &limit
		}
		text := string(s.Bytes())
		if text == "" {
			return
		}
		if strings.Count(text, "\n") != 8 || !strings.HasSuffix(text, "\n") {
			t.Errorf("a field makes lines of its own: %q", text)
		}
		slices.Sort(s.Digests)
		again, err := parseStatement(text)
		if diff := cmp.Diff(s, again); err != nil || diff != "" {
			t.Errorf("%v: %s", err, diff)
		}
	})
}
