// Rekor v1 as its own project builds it, with the Trillian log that it writes to in the same process and in memory:
// no database, no second program. Everything is gone when it ends.
package main

import (
	"context"
	"log"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/google/trillian"
	"github.com/google/trillian/extension"
	trillianlog "github.com/google/trillian/log"
	"github.com/google/trillian/quota"
	"github.com/google/trillian/server"
	"github.com/google/trillian/server/admin"
	"github.com/google/trillian/server/interceptor"
	"github.com/google/trillian/storage/memory"
	"github.com/google/trillian/util/clock"
	"github.com/google/trillian/util/election2"
	"github.com/sigstore/rekor/cmd/rekor-server/app"
	"google.golang.org/grpc"
)

// How often what was queued is put into the tree. Rekor answers when its entry is there.
const interval = 100 * time.Millisecond

func main() {
	port, err := startTrillian()
	if err != nil {
		log.Fatal(err)
	}
	os.Args = append(os.Args, "--trillian_log_server.address", "127.0.0.1", "--trillian_log_server.port", strconv.Itoa(port))
	app.Execute()
}

// startTrillian serves a log and its sequencer on a free port of the loopback address.
func startTrillian() (int, error) {
	trees := memory.NewTreeStorage()
	registry := extension.Registry{
		AdminStorage:    memory.NewAdminStorage(trees),
		LogStorage:      memory.NewLogStorage(trees, nil),
		ElectionFactory: election2.NoopFactory{},
		QuotaManager:    quota.Noop(),
	}
	rpc := grpc.NewServer(grpc.UnaryInterceptor(interceptor.ErrorWrapper))
	trillian.RegisterTrillianAdminServer(rpc, admin.New(registry, nil))
	trillian.RegisterTrillianLogServer(rpc, server.NewTrillianLogRPCServer(registry, clock.System))
	sequencer := trillianlog.NewOperationManager(trillianlog.OperationInfo{
		Registry:    registry,
		BatchSize:   50,
		NumWorkers:  1,
		RunInterval: interval,
		TimeSource:  clock.System,
	}, trillianlog.NewSequencerManager(registry, 0))
	go sequencer.OperationLoop(context.Background())

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	go func() { log.Fatal(rpc.Serve(listener)) }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
