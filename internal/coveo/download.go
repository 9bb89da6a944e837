// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxHops bounds how often one download may be sent on.
const maxHops = 5

// storagePath stands for every address of a file in errors and logs.
const storagePath = "(the storage that Coveo names)"

// OpenExport opens the file of an export that is available, and tells its size in bytes, or -1 where nobody says. The file
// comes from a storage host that Coveo redirects to, and which gets no Authorization header. The link is a secret of its own:
// it is in no error and in no log.
//
// The context bounds the whole of the reading. A server that stops sending for as long as an answer may take ends it too.
func (c *Client) OpenExport(ctx context.Context, id string) (io.ReadCloser, int64, error) {
	if c.tokenUnknown {
		return nil, 0, ErrTokenUnknown
	}
	if err := CheckExportID(id); err != nil {
		return nil, 0, fmt.Errorf("the ID of an export cannot be sent: %w", err)
	}
	op := onExport("download an export", http.MethodGet, exportPath, "VIEW")
	target := op.url(c.bases[op.plane], c.organization, map[string]string{"export": id}, url.Values{"redirect": {"true"}})
	got, err := c.fetch(ctx, op, target, true)
	if err == nil && got.described {
		// Coveo described the export instead of redirecting to its file.
		got, err = c.fetchLink(ctx, id)
	}
	storage := operation{
		name: "download an export's file", method: http.MethodGet, path: storagePath, plane: storagePlane, personal: true,
	}
	for hop := 0; err == nil && got.file == nil; hop++ {
		if got.next == "" || hop == maxHops {
			return nil, 0, storage.failed("Coveo led to no file")
		}
		if err = checkStorage(got.next); err != nil {
			return nil, 0, storage.failed(err.Error())
		}
		got, err = c.fetch(ctx, storage, got.next, false)
	}
	var failure *Error
	if errors.As(err, &failure) && failure.Path == storage.path && failure.Status >= 400 && failure.Status < 500 {
		failure.cause = "the storage refuses the link, as it does when the link or the file has expired; export again if it stays so"
	}
	if err != nil {
		return nil, 0, err
	}
	return got.file, got.size, nil
}

func (op operation) failed(cause string) *Error {
	return &Error{Operation: op.name, Method: op.method, Path: op.path, Attempts: 1, cause: cause}
}

// fetchLink asks for the link of an export. The bearer goes with it only to the address that it is for anyway.
func (c *Client) fetchLink(ctx context.Context, id string) (fetched, error) {
	var out struct {
		Link string `json:"downloadLink"`
	}
	op := onExport("get the link of an export", http.MethodGet, exportPath+"/downloadlink", "VIEW")
	if err := c.do(ctx, op, call{segments: map[string]string{"export": id}, out: &out}); err != nil {
		return fetched{}, err
	}
	if out.Link == "" {
		return fetched{}, op.failed("answered without a link, so there is no file yet")
	}
	if !sameOrigin(out.Link, c.bases[analyticsPlane]) {
		return fetched{next: out.Link}, nil
	}
	return c.fetch(ctx, onExport("download an export", http.MethodGet, exportPath, "VIEW"), out.Link, true)
}

// sameOrigin tells whether two URLs are of one scheme, host and port, and the first holds no user name.
func sameOrigin(raw, base string) bool {
	a, errA := url.Parse(raw)
	b, errB := url.Parse(base)
	return errA == nil && errB == nil && a.User == nil && a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// checkStorage says why a file is not fetched from where a redirect leads, or nil. The text does not hold the address.
func checkStorage(raw string) error {
	link, err := url.Parse(raw)
	switch {
	case err != nil || link.Hostname() == "" || link.Opaque != "":
		return errors.New("the redirect leads to what is no absolute URL")
	case link.User != nil:
		return errors.New("the redirect leads to a URL that holds a user name")
	case link.Scheme == "https", link.Scheme == "http" && isLoopback(link.Hostname()):
		return nil
	}
	return errors.New("the redirect leads to an address that is not https, over which personal data must not travel")
}

// fetched is either a file, or where to look next, or neither.
type fetched struct {
	file io.ReadCloser
	size int64
	next string
	// described is true where the answer was about the export instead of its file.
	described bool
}

// fetch sends one GET of a download. Only with the bearer does it carry the token.
func (c *Client) fetch(ctx context.Context, op operation, target string, bearer bool) (fetched, error) {
	var got fetched
	err := c.attempts(ctx, op, call{raw: true, secrets: []string{target}}, func() answer {
		got.drop()
		var came answer
		got, came = c.fetchOnce(ctx, target, bearer)
		return came
	})
	if err != nil {
		got.drop()
		return fetched{}, err
	}
	return got, nil
}

func (f *fetched) drop() {
	if f.file != nil {
		_ = f.file.Close()
	}
	*f = fetched{}
}

func (c *Client) fetchOnce(ctx context.Context, target string, bearer bool) (fetched, answer) {
	caller := ctx.Err
	ctx, cancel := context.WithCancel(ctx)
	stall := time.AfterFunc(c.timeout, cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		cancel()
		return fetched{}, answer{err: err}
	}
	if bearer {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.userAgent != "" {
		request.Header.Set("User-Agent", c.userAgent)
	}
	response, err := c.http.Do(request)
	if err != nil {
		stall.Stop()
		cancel()
		return fetched{}, answer{err: stalled(err)}
	}
	came := answer{status: response.StatusCode, header: response.Header}
	kind := strings.ToLower(response.Header.Get("Content-Type"))
	if came.status == http.StatusOK && !strings.Contains(kind, "json") && !strings.Contains(kind, "html") {
		stall.Stop()
		return fetched{file: &file{body: response.Body, cancel: cancel, caller: caller, stall: stall, patience: c.timeout}, size: response.ContentLength}, came
	}
	defer cancel()
	defer stall.Stop()
	defer response.Body.Close()
	if came.status >= 300 && came.status < 400 {
		next := ""
		if location, err := response.Location(); err == nil {
			next = location.String()
		}
		return fetched{next: next}, came
	}
	came.body, came.bodyErr = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return fetched{described: came.status == http.StatusOK && strings.Contains(kind, "json")}, came
}

// stalled tells the end of our own patience from the caller's: the one is a timeout, the other a cancellation.
func stalled(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.DeadlineExceeded
	}
	return err
}

// file is the body of a download. Its errors hold no address.
type file struct {
	body     io.ReadCloser
	cancel   context.CancelFunc
	caller   func() error // the error of the caller's context
	stall    *time.Timer
	patience time.Duration
}

// Read counts only the time that the server takes: whoever reads may be slow.
func (f *file) Read(p []byte) (int, error) {
	f.stall.Reset(f.patience)
	n, err := f.body.Read(p)
	f.stall.Stop()
	if err == nil || err == io.EOF {
		return n, err
	}
	failure := &Error{Operation: "download an export's file", Method: http.MethodGet, Path: storagePath, Attempts: 1}
	if failure.err = f.caller(); failure.err != nil {
		failure.cause = describeContext(failure.err, "while the file was read")
	} else {
		failure.cause = describeTransport(stalled(err), f.patience)
	}
	return n, failure
}

// Close ends the download.
func (f *file) Close() error {
	f.stall.Stop()
	f.cancel()
	_ = f.body.Close()
	return nil
}
