// Go's own transparency log library reads a log that our tile-log wrote: `go test -v`, with TLOG_DIR naming what the
// example write_log left behind.
//
// golang.org/x/mod/sumdb is where tiles and notes come from. It knows neither the paths of C2SP tlog-tiles (no tile
// height in them) nor cosignatures, so those two are written down here once more, from the specification.
package peers

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func path(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("TLOG_DIR")
	if dir == "" {
		t.Fatal("TLOG_DIR does not name a log; run conformance/peers/run")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

func read(t *testing.T, parts ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(path(t, parts...))
	fatal(t, err)
	return data
}

// vkeys are the public keys: the log's, then the witnesses'.
func vkeys(t *testing.T) []string {
	return strings.Fields(string(read(t, "keys")))
}

// cosigner verifies cosignature/v1 (C2SP tlog-cosignature).
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(t *testing.T, vkey string) *cosigner {
	t.Helper()
	parts := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	fatal(t, err)
	if len(raw) != 33 || raw[0] != 4 {
		t.Fatalf("%s is not the key of a witness", vkey)
	}
	sum := sha256.Sum256([]byte(parts[0] + "\n" + string(raw)))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		t.Fatalf("%s has the wrong key ID", vkey)
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:4]), ed25519.PublicKey(raw[1:])}
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

// open verifies a checkpoint by the log and both witnesses.
func open(t *testing.T, data []byte) tlog.Tree {
	t.Helper()
	keys := vkeys(t)
	log, err := note.NewVerifier(keys[0])
	fatal(t, err)
	n, err := note.Open(data, note.VerifierList(log, newCosigner(t, keys[1]), newCosigner(t, keys[2])))
	fatal(t, err)
	lines := strings.Split(n.Text, "\n")
	if len(n.Sigs) < 3 || lines[0] != "trust.example/log" || len(lines) != 4 {
		t.Fatalf("not the checkpoint of the log by all three keys: %q, %d signatures", n.Text, len(n.Sigs))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fatal(t, err)
	root, err := tlog.ParseHash(lines[2])
	fatal(t, err)
	return tlog.Tree{N: size, Hash: root}
}

// heads are the checkpoints of the log as it grew.
func heads(t *testing.T) []tlog.Tree {
	t.Helper()
	files, err := os.ReadDir(path(t, "heads"))
	fatal(t, err)
	var heads []tlog.Tree
	for _, file := range files {
		heads = append(heads, open(t, read(t, "heads", file.Name())))
	}
	sort.Slice(heads, func(i, j int) bool { return heads[i].N < heads[j].N })
	if len(heads) != 10 || heads[9].N != 70000 {
		t.Fatalf("the log did not grow as expected: %d heads", len(heads))
	}
	return heads
}

// tiles reads tiles where C2SP tlog-tiles puts them.
type tiles struct{ t *testing.T }

func (tiles) Height() int                         { return tileHeight }
func (tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (r tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		place := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		data, err := os.ReadFile(path(r.t, "log", place))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func leaf(index int64) tlog.Hash { return tlog.RecordHash([]byte(fmt.Sprintf("entry %d", index))) }

func TestCheckpointsAreSignedByTheLogAndBothWitnesses(t *testing.T) {
	last := heads(t)[9]
	if published := open(t, read(t, "log", "checkpoint")); published != last {
		t.Fatalf("the published checkpoint is %v, the last head %v", published, last)
	}
}

func TestAChangedCheckpointIsRefused(t *testing.T) {
	log, err := note.NewVerifier(vkeys(t)[0])
	fatal(t, err)
	changed := bytes.Replace(read(t, "log", "checkpoint"), []byte("\n70000\n"), []byte("\n70001\n"), 1)
	if _, err := note.Open(changed, note.VerifierList(log)); err == nil {
		t.Fatal("a checkpoint with another size verifies")
	}
}

func TestRootsAreThoseOfTheEntries(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	grown := int64(0)
	for _, head := range heads(t) {
		for ; grown < head.N; grown++ {
			hashes, err := tlog.StoredHashesForRecordHash(grown, leaf(grown), reader)
			fatal(t, err)
			stored = append(stored, hashes...)
		}
		root, err := tlog.TreeHash(head.N, reader)
		fatal(t, err)
		if root != head.Hash && head.N > 0 {
			t.Fatalf("the root of %d entries is %v, the log says %v", head.N, root, head.Hash)
		}
	}
}

func TestEntriesAreProvenByTheTiles(t *testing.T) {
	for _, head := range heads(t)[1:] {
		reader := tlog.TileHashReader(head, tiles{t})
		for _, index := range []int64{0, head.N / 3, head.N / 2, head.N - 1} {
			proof, err := tlog.ProveRecord(head.N, index, reader)
			fatal(t, err)
			fatal(t, tlog.CheckRecord(proof, head.N, head.Hash, index, leaf(index)))
		}
	}
}

func TestEachHeadContinuesTheOnesBefore(t *testing.T) {
	all := heads(t)[1:]
	for i, old := range all {
		for _, head := range all[i:] {
			proof, err := tlog.ProveTree(head.N, old.N, tlog.TileHashReader(head, tiles{t}))
			fatal(t, err)
			fatal(t, tlog.CheckTree(proof, head.N, head.Hash, old.N, old.Hash))
		}
	}
}

func TestBundlesHoldTheEntries(t *testing.T) {
	head := heads(t)[9]
	for first := int64(0); first < head.N; first += 256 {
		n := first / 256
		place := fmt.Sprintf("%03d", n)
		width := int64(256)
		if head.N-first < width {
			width = head.N - first
			place += fmt.Sprintf(".p/%d", width)
		}
		rest := read(t, "log", "tile", "entries", place)
		for index := first; index < first+width; index++ {
			length := int(binary.BigEndian.Uint16(rest))
			if tlog.RecordHash(rest[2:2+length]) != leaf(index) {
				t.Fatalf("entry %d is %q", index, rest[2:2+length])
			}
			rest = rest[2+length:]
		}
		if len(rest) != 0 {
			t.Fatalf("bundle %d has %d bytes too many", n, len(rest))
		}
	}
}

func TestGoReadsThePrivateKeyAndSignsWithIt(t *testing.T) {
	signer, err := note.NewSigner(string(read(t, "log.key")))
	fatal(t, err)
	signed, err := note.Sign(&note.Note{Text: "by Go\n"}, signer)
	fatal(t, err)
	verifier, err := note.NewVerifier(vkeys(t)[0])
	fatal(t, err)
	_, err = note.Open(signed, note.VerifierList(verifier))
	fatal(t, err)
}
